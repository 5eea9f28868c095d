import { expect, test } from 'vitest'
import { refusalFrom } from '../../test/support/refusal.ts'
import { Refusal } from '../lib/refusal.ts'
import { checkRedeemBy, couponChanges, toCoupon, newCoupon } from './coupon.ts'

const now = new Date('2026-02-28T12:00:00Z')
const seconds = (iso: string) => Date.parse(iso) / 1000

const isTaken = (data: Parameters<typeof newCoupon>[0]) => {
  try {
    newCoupon(data)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}
test.each([
  ['one second from now', '2026-02-28T12:00:01Z', true],
  ['now', '2026-02-28T12:00:00Z', false],
  ['five years from now', '2031-02-28T12:00:00Z', true],
  ['a second more', '2031-02-28T12:00:01Z', false],
])('a redeem_by %s', (_, iso, inTime) => {
  const check = () => checkRedeemBy(seconds(iso), now)
  if (inTime) expect(check).not.toThrow()
  else expect(refusalFrom(check).param).toBe('data.redeem_by')
})

test('a coupon without redeem_by has no date to check', () => {
  expect(() => checkRedeemBy(undefined, now)).not.toThrow()
})

test('every percentage of two decimals from 1 to 100 is taken and none of three, whatever binary fractions make of them', () => {
  const cents = Array.from({ length: 9_901 }, (_, index) => index + 100)
  expect(cents.filter((cent) => !isTaken({ percent_off: cent / 100 }))).toEqual([])
  const between = cents.slice(0, -1).map((cent) => (cent * 10 + 1) / 1_000)
  expect(between.filter((percent) => isTaken({ percent_off: percent }))).toEqual([])
})

test('a new coupon is sent as it was asked for, but once by default and with its currency in lower case', () => {
  const whole = {
    id: 'LAUNCH',
    name: 'Launch',
    amount_off: 1,
    currency: 'EUR',
    duration: 'repeating' as const,
    duration_in_months: 1,
    currency_options: { usd: { amount_off: 1 }, eurc: { amount_off: 1 } },
  }
  expect(newCoupon(whole)).toEqual({ ...whole, currency: 'eur' })
  expect(newCoupon({ percent_off: 100, currency: 'Usd' })).toEqual({
    percent_off: 100,
    currency: 'usd',
    duration: 'once',
  })
  expect(newCoupon({ percent_off: 1, duration: 'forever' })).toEqual({ percent_off: 1, duration: 'forever' })
})

test.each([
  [{}, 'data.percent_off'],
  [{ percent_off: 5, amount_off: 5, currency: 'usd' }, 'data.percent_off'],
  [{ percent_off: 1e-7 }, 'data.percent_off'],
  [{ percent_off: 12.345 }, 'data.percent_off'],
  [{ percent_off: 5, currency: 'xyz' }, 'data.currency'],
  [{ percent_off: 5, currency: 'eurc' }, 'data.currency'],
  [{ percent_off: 5, currency_options: {} }, 'data.currency_options'],
  [{ amount_off: 5 }, 'data.currency'],
  [{ amount_off: 5, currency: 'usd', currency_options: { EUR: { amount_off: 5 } } }, 'data.currency_options.EUR'],
  [{ amount_off: 5, currency: 'usd', currency_options: { xyz: { amount_off: 5 } } }, 'data.currency_options.xyz'],
  [{ percent_off: 5, duration: 'repeating' as const }, 'data.duration_in_months'],
  [{ percent_off: 5, duration: 'forever' as const, duration_in_months: 1 }, 'data.duration_in_months'],
  [{ percent_off: 5, duration_in_months: 1 }, 'data.duration_in_months'],
  [{ percent_off: 5, id: '.' }, 'data.id'],
  [{ percent_off: 5, id: '..' }, 'data.id'],
  [{ percent_off: 5, id: 'é'.repeat(834) }, 'data.id'],
])('the new coupon %j is refused for its %s', (data, param) => {
  expect(refusalFrom(() => newCoupon(data)).param).toBe(param)
})

test.each([{ id: '...' }, { id: 'a.b' }, { id: 'é'.repeat(833) }, { id: 'a'.repeat(5_000) }, { name: '~ \u0080' }])(
  'the new coupon %j is taken',
  (data) => {
    expect(isTaken({ percent_off: 5, ...data })).toBe(true)
  },
)

test('an empty name of a new coupon counts as none', () => {
  expect(newCoupon({ percent_off: 5, name: '' })).toEqual({ percent_off: 5, duration: 'once' })
})

test('an update in a currency by another case is refused', () => {
  const data = { currency_options: { Eur: { amount_off: 5 } } }
  expect(refusalFrom(() => couponChanges(data)).param).toBe('data.currency_options.Eur')
  expect(refusalFrom(() => couponChanges(data)).message).toContain('must be in lower case')
})

test('what Stripe gives reads as it is', () => {
  const coupon = {
    id: 'FULL',
    object: 'coupon' as const,
    amount_off: 500,
    created: 1,
    currency: 'eur',
    duration: 'repeating' as const,
    duration_in_months: 3,
    livemode: true,
    max_redemptions: 7,
    metadata: { a: 'b' },
    name: 'Full',
    percent_off: 12.5,
    redeem_by: 2,
    times_redeemed: 4,
    valid: false,
  }
  expect(toCoupon(coupon)).toEqual(coupon)
})

test('what Stripe leaves out reads as null, as no metadata, and as the id for a name', () => {
  // @ts-expect-error -- a Stripe-compatible host that answers with less than Stripe
  const coupon = toCoupon({
    id: 'BARE',
    object: 'coupon',
    created: 1,
    duration: 'once',
    times_redeemed: 0,
    valid: true,
  })
  expect(coupon).toMatchObject({ name: 'BARE', metadata: {}, amount_off: null, percent_off: null, redeem_by: null })
  expect(coupon).toMatchObject({ currency: null, duration_in_months: null, max_redemptions: null })
})

test('null clears what an update names, and what it does not name is not sent', () => {
  expect(couponChanges({ name: null, metadata: null })).toEqual({ name: '', metadata: '' })
  expect(couponChanges({ name: 'New', metadata: { a: null, b: 'x' } })).toEqual({
    name: 'New',
    metadata: { a: null, b: 'x' },
  })
  expect(couponChanges({ metadata: { a: 'b' } })).toEqual({ metadata: { a: 'b' } })
  const currency_options = { eur: { amount_off: 5 } }
  expect(couponChanges({ name: '', currency_options })).toEqual({ name: '', currency_options })
})
