import { expect, test } from 'vitest'
import type { Coupon } from '../../api/client.ts'
import { summarize } from './summary.ts'

const now = 1_800_000_000
const coupon = (id: string, fields: Partial<Coupon>): Coupon => ({
  id,
  object: 'coupon',
  amount_off: null,
  created: now,
  currency: null,
  duration: 'once',
  duration_in_months: null,
  livemode: false,
  max_redemptions: null,
  metadata: {},
  name: id,
  percent_off: 10,
  redeem_by: null,
  times_redeemed: 0,
  valid: true,
  ...fields,
})
const ids = (coupons: readonly Coupon[]) => coupons.map(({ id }) => id)

const summary = summarize(
  [
    coupon('plain', {}),
    coupon('in a week', { redeem_by: now + 7 * 86_400 }),
    coupon('tomorrow', { redeem_by: now + 86_400 }),
    coupon('later', { redeem_by: now + 8 * 86_400 }),
    coupon('nearly', { times_redeemed: 8, max_redemptions: 10 }),
    coupon('not nearly', { times_redeemed: 7, max_redemptions: 10 }),
    coupon('used up', { times_redeemed: 3, max_redemptions: 3, valid: false }),
    coupon('over', { redeem_by: now - 1, valid: false }),
  ],
  now,
)

test('every coupon counts in one status', () => {
  expect(summary.byStatus).toEqual({ valid: 6, used_up: 1, expired: 1, invalid: 0 })
})

test('what expires within a week comes first to expire first', () => {
  expect(ids(summary.expiring)).toEqual(['tomorrow', 'in a week'])
})

test('what has a fifth of its cap left, or less, is nearly used up', () => {
  expect(ids(summary.nearlyUsedUp)).toEqual(['nearly'])
})

test('the most redeemed are ordered by their redemptions', () => {
  expect(ids(summary.mostRedeemed)).toEqual(['nearly', 'not nearly', 'used up'])
  expect(summary.redemptions).toBe(18)
})
