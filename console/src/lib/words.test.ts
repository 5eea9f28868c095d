import { describe, expect, test } from 'vitest'
import { couponStatus, statusReason } from './coupon-status.ts'
import { discountWords, durationWords } from './discount.ts'
import { relativeTime } from './time.ts'

const now = 1_700_000_000

test.each([
  [{ percent_off: 25, amount_off: null, currency: null }, '25% off'],
  [{ percent_off: 33.33, amount_off: null, currency: null }, '33.33% off'],
  [{ percent_off: null, amount_off: 1500, currency: 'kwd' }, 'KWD\u00a01.500 off'],
])('a discount is %s in words', (discount, words) => expect(discountWords(discount)).toBe(words))

test.each([
  ['once', null, 'first invoice'],
  ['repeating', 1, 'every invoice for 1 month'],
  ['repeating', 12, 'every invoice for 12 months'],
  ['forever', null, 'every invoice, for ever'],
])('a duration is %s in words', (duration, duration_in_months, words) => {
  expect(durationWords({ duration, duration_in_months })).toBe(words)
})

describe('a coupon', () => {
  const valid = { valid: true, redeem_by: null, max_redemptions: null, times_redeemed: 3 }
  test.each([
    ['valid', valid],
    ['used_up', { ...valid, valid: false, max_redemptions: 3 }],
    ['expired', { ...valid, valid: false, redeem_by: now - 1 }],
    ['invalid', { ...valid, valid: false }],
  ])('is %s', (status, coupon) => expect(couponStatus(coupon, now)).toBe(status))

  test('that is used up says how often it was redeemed', () => {
    expect(statusReason({ ...valid, valid: false, max_redemptions: 3 }, now)).toBe('It was redeemed 3 of 3 times.')
  })
})

test.each([
  [30, 'now'],
  [-90, '1 minute ago'],
  [3 * 86_400 + 5, 'in 3 days'],
  [-2 * 7 * 86_400, '2 weeks ago'],
  [1.96 * 86_400, 'in 1 day'],
  [-1.96 * 86_400, '1 day ago'],
  [400 * 86_400, 'in 1 year'],
])('%d seconds from now is %s', (distance, words) => expect(relativeTime(now + distance, now)).toBe(words))
