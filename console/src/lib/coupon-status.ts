import { absoluteTime } from './time.ts'

export const couponStatuses = ['valid', 'used_up', 'expired', 'invalid'] as const
export type CouponStatus = (typeof couponStatuses)[number]

export const statusNames: Record<CouponStatus, string> = {
  valid: 'Valid',
  used_up: 'Used up',
  expired: 'Expired',
  invalid: 'Not valid',
}

type Coupon = { valid: boolean; redeem_by: number | null; max_redemptions: number | null; times_redeemed: number }

/** Stripe says whether a coupon is valid; the reason follows from its own fields. */
export function couponStatus(coupon: Coupon, nowSeconds = Date.now() / 1000): CouponStatus {
  if (coupon.valid) return 'valid'
  if (coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions) return 'used_up'
  if (coupon.redeem_by !== null && coupon.redeem_by <= nowSeconds) return 'expired'
  return 'invalid'
}

/** Why a coupon is in its status, in a sentence. */
export function statusReason(coupon: Coupon, nowSeconds = Date.now() / 1000): string {
  const { max_redemptions: cap, times_redeemed: used, redeem_by: end } = coupon
  const reasons: Record<CouponStatus, string> = {
    valid: 'Customers can redeem it.',
    used_up: `It was redeemed ${used} of ${cap ?? 0} times.`,
    expired: `It could be redeemed until ${absoluteTime(end ?? 0)}.`,
    invalid: 'Stripe no longer accepts it.',
  }
  return reasons[couponStatus(coupon, nowSeconds)]
}
