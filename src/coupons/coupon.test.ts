import { expect, test } from 'vitest'
import { Refusal } from '../lib/refusal.ts'
import { checkRedeemBy, couponChanges, toCoupon, newCoupon } from './coupon.ts'

const now = new Date('2026-02-28T12:00:00Z')
const seconds = (iso: string) => Date.parse(iso) / 1000

test.each([
  ['one second from now', '2026-02-28T12:00:01Z', true],
  ['now', '2026-02-28T12:00:00Z', false],
  ['five years from now', '2031-02-28T12:00:00Z', true],
  ['a second more', '2031-02-28T12:00:01Z', false],
])('a redeem_by %s', (_, iso, isTaken) => {
  const check = () => checkRedeemBy(seconds(iso), now)
  if (isTaken) expect(check).not.toThrow()
  else expect(check).toThrow(Refusal)
})

test('every percentage of two decimals from 1 to 100 is taken, whatever binary fractions make of it', () => {
  for (let cents = 100; cents <= 10_000; cents += 1) {
    const percent = cents / 100
    expect(newCoupon({ percent_off: percent }).percent_off).toBe(percent)
  }
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
})

test('null clears what an update names, and what it does not name is not sent', () => {
  expect(couponChanges({ name: null, metadata: null })).toEqual({ name: '', metadata: '' })
  expect(couponChanges({ metadata: { a: null, b: 'x' } })).toEqual({ metadata: { a: null, b: 'x' } })
})
