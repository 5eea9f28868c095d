import { describe, expect, test } from 'vitest'
import { unixSecond } from '../../lib/time.ts'
import { amountProblem, blankForm, fieldOf, formLike, samplesOf, termsOf } from './form.ts'

const form = blankForm('usd')
const sentBy = (patch: object): unknown => JSON.parse(JSON.stringify(termsOf({ ...form, ...patch })))
const now = 1_700_000_000
const coupon = {
  id: 'OLD',
  object: 'coupon',
  amount_off: null,
  created: now,
  currency: null,
  duration: 'once',
  duration_in_months: null,
  livemode: false,
  max_redemptions: null,
  metadata: {},
  name: 'OLD',
  percent_off: 33.5,
  redeem_by: null,
  times_redeemed: 2,
  valid: true,
}

describe('what is sent', () => {
  test('is what was filled in, and nothing else', () => {
    expect(sentBy({ percent: '25' })).toEqual({ percent_off: 25, duration: 'once' })
    expect(
      sentBy({
        percent: '25',
        duration: 'repeating',
        months: '3',
        maxRedemptions: '100',
        name: 'Sale',
        id: 'SALE',
        products: 'prod_a, prod_b\nprod_c',
      }),
    ).toEqual({
      name: 'Sale',
      percent_off: 25,
      duration: 'repeating',
      duration_in_months: 3,
      max_redemptions: 100,
      id: 'SALE',
      applies_to: { products: ['prod_a', 'prod_b', 'prod_c'] },
    })
  })

  test('leaves out what belongs to a choice that was not taken', () => {
    expect(sentBy({ percent: '25', amount: '20', months: '3' })).toEqual({ percent_off: 25, duration: 'once' })
  })

  test.each([
    ['usd', '20', 2000],
    ['jpy', '500', 500],
    ['kwd', '1.5', 1500],
  ])('is an amount in the smallest unit of %s: %s is %d', (currency, amount, amount_off) => {
    expect(sentBy({ kind: 'amount', currency, amount })).toEqual({ amount_off, currency, duration: 'once' })
  })

  test.each(['abc', '1,5', '1e1', '0x10'])('%s is no number, which the server refuses', (percent) => {
    expect(sentBy({ percent })).toMatchObject({ percent_off: null })
  })

  test('has no time where none was meant, and for what is no time one that the server refuses', () => {
    expect(sentBy({ expiry: '' })).not.toHaveProperty('redeem_by')
    expect(sentBy({ expiry: '202666-12-31T23:59' })).toMatchObject({ redeem_by: null })
  })
})

test.each([
  ['usd', '20.005', 'at most 2 decimals, such as 20.00'],
  ['kwd', '1,500', 'at most 3 decimals, such as 20.000'],
  ['jpy', '500.0', 'JPY has no decimals'],
])('an amount in %s like %s is told what is wrong', (currency, amount, sentence) => {
  expect(amountProblem({ ...form, kind: 'amount', currency, amount })).toContain(sentence)
})

describe('a coupon like another one', () => {
  test('has its terms, but neither its id nor the name that stands for it', () => {
    expect(formLike(coupon, 'eur', now)).toEqual({ ...blankForm('eur'), percent: '33.5' })
  })

  test('has its amount as people write it, and its expiry', () => {
    const amount = { ...coupon, percent_off: null, amount_off: 1500, currency: 'kwd', redeem_by: now + 86_400 }
    const filled = formLike(amount, 'eur', now)
    expect(filled).toMatchObject({ kind: 'amount', amount: '1.500', currency: 'kwd' })
    expect(unixSecond(filled.expiry)).toBe(Math.floor((now + 86_400) / 60) * 60)
  })

  test('does not expire where the other one has', () => {
    expect(formLike({ ...coupon, redeem_by: now - 1 }, 'eur', now).expiry).toBe('')
  })
})

test.each([
  ['data.percent_off', 'percent'],
  ['data.redeem_by', 'expiry'],
  ['data.applies_to.products.0', 'products'],
  ['data.metadata', undefined],
  [undefined, undefined],
])('%s is the field %s', (param, field) => expect(fieldOf(param, form)).toBe(field))

test('where amounts are chosen, a missing percentage is a missing amount', () => {
  expect(fieldOf('data.percent_off', { ...form, kind: 'amount' })).toBe('amount')
})

test('sample prices suit the currency until they are changed', () => {
  expect(samplesOf(form)).toEqual(['20', '50', '100'])
  expect(samplesOf({ ...form, currency: 'jpy', samples: [null, '7', null] })).toEqual(['2000', '7', '10000'])
})
