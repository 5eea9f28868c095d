import { describe, expect, test } from 'vitest'
import { refusalFrom } from '../../test/support/refusal.ts'
import type { StripePromotionCode } from '../stripe/promotion-codes.ts'
import { checkExpiresAt, newPromotionCode, promotionCodeChanges, toPromotionCode } from './promotion-code.ts'

/** So that the answer holds the whole coupon. */
const expand = ['promotion.coupon']

test('a new code names its coupon as Stripe does, and is otherwise sent as it was asked for', () => {
  expect(newPromotionCode({ coupon: 'TEN' })).toEqual({ promotion: { type: 'coupon', coupon: 'TEN' }, expand })
  const restrictions = { first_time_transaction: true, minimum_amount: 5, minimum_amount_currency: 'EUR' }
  expect(newPromotionCode({ coupon: 'TEN', code: 'Ten', active: false, restrictions })).toEqual({
    promotion: { type: 'coupon', coupon: 'TEN' },
    code: 'Ten',
    active: false,
    restrictions: { ...restrictions, minimum_amount_currency: 'eur' },
    expand,
  })
  expect(newPromotionCode({ coupon: 'TEN', restrictions: { first_time_transaction: true } })).toMatchObject({
    restrictions: { first_time_transaction: true },
  })
})

test.each([
  [{ minimum_amount: 5 }, 'data.restrictions.minimum_amount_currency'],
  [{ minimum_amount_currency: 'usd' }, 'data.restrictions.minimum_amount'],
  [{ minimum_amount: 5, minimum_amount_currency: 'xyz' }, 'data.restrictions.minimum_amount_currency'],
])('the restrictions %j are refused for their %s', (restrictions, param) => {
  expect(refusalFrom(() => newPromotionCode({ coupon: 'TEN', restrictions })).param).toBe(param)
})

test('an expiry must be in the future, where there is one', () => {
  const now = new Date('2026-02-28T12:00:00Z')
  expect(() => checkExpiresAt(undefined, now)).not.toThrow()
  expect(() => checkExpiresAt(now.getTime() / 1000 + 1, now)).not.toThrow()
  expect(refusalFrom(() => checkExpiresAt(now.getTime() / 1000, now)).param).toBe('data.expires_at')
})

test('an update sends what it names, and null clears the metadata', () => {
  expect(promotionCodeChanges({ active: false })).toEqual({ active: false, expand })
  expect(promotionCodeChanges({ metadata: null })).toEqual({ metadata: '', expand })
  expect(promotionCodeChanges({ metadata: { a: null } })).toEqual({ metadata: { a: null }, expand })
})

describe('Stripe’s promotion code', () => {
  const coupon = {
    id: 'TEN',
    object: 'coupon',
    created: 1,
    duration: 'once',
    livemode: false,
    times_redeemed: 0,
    valid: true,
    percent_off: 10,
  }
  const code = (more: object): StripePromotionCode =>
    ({
      id: 'promo_1',
      object: 'promotion_code',
      active: true,
      code: 'TEN',
      promotion: { type: 'coupon', coupon },
      created: 2,
      customer: null,
      livemode: true,
      restrictions: { first_time_transaction: false },
      times_redeemed: 3,
      ...more,
    }) as unknown as StripePromotionCode

  test('reads with its coupon one level higher, and what is left out as null', () => {
    expect(toPromotionCode(code({}))).toEqual({
      id: 'promo_1',
      object: 'promotion_code',
      active: true,
      code: 'TEN',
      coupon: expect.objectContaining({ id: 'TEN', percent_off: 10, name: 'TEN' }),
      created: 2,
      customer: null,
      customer_account: null,
      expires_at: null,
      livemode: true,
      max_redemptions: null,
      metadata: {},
      restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
      times_redeemed: 3,
    })
  })

  test('reads as it is where everything is set', () => {
    const set = {
      customer_account: 'acct_1',
      expires_at: 4,
      max_redemptions: 5,
      metadata: { a: 'b' },
      restrictions: { first_time_transaction: true, minimum_amount: 6, minimum_amount_currency: 'usd' },
    }
    expect(toPromotionCode(code(set))).toMatchObject(set)
  })

  test.each([
    ['its id', 'cus_1', 'cus_1'],
    ['the whole customer', { id: 'cus_1', object: 'customer' }, 'cus_1'],
    ['nobody', null, null],
  ])('names its customer by id where Stripe gives %s', (_, customer, id) => {
    expect(toPromotionCode(code({ customer })).customer).toBe(id)
  })

  test.each([[null], ['TEN']])('has no coupon inline where Stripe gives %j for it', (given) => {
    expect(toPromotionCode(code({ promotion: { type: 'coupon', coupon: given } })).coupon).toBe(null)
  })
})
