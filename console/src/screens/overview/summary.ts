import type { Coupon } from '../../api/client.ts'
import { type CouponStatus, couponStatus } from '../../lib/coupon-status.ts'

const week = 7 * 86_400
/** From this share of its cap on a coupon is nearly used up. */
const nearlyShare = 0.8
const shownMax = 5

export type Summary = ReturnType<typeof summarize>

/** What the overview says of these coupons, which are sorted by their age, newest first. */
export function summarize(coupons: readonly Coupon[], nowSeconds = Date.now() / 1000) {
  const byStatus: Record<CouponStatus, number> = { valid: 0, used_up: 0, expired: 0, invalid: 0 }
  for (const coupon of coupons) byStatus[couponStatus(coupon, nowSeconds)] += 1
  const valid = coupons.filter((coupon) => coupon.valid)
  const expiring = valid.filter(({ redeem_by: end }) => end !== null && end - nowSeconds <= week)
  const nearlyUsedUp = valid.filter((coupon) => shareOf(coupon) >= nearlyShare)
  const usedUp = coupons.filter((coupon) => couponStatus(coupon, nowSeconds) === 'used_up')
  return {
    byStatus,
    redemptions: coupons.reduce((sum, { times_redeemed: times }) => sum + times, 0),
    expiringCount: expiring.length,
    nearlyUsedUpCount: nearlyUsedUp.length,
    expiring: expiring.toSorted((a, b) => (a.redeem_by ?? 0) - (b.redeem_by ?? 0)).slice(0, shownMax),
    nearlyUsedUp: nearlyUsedUp.toSorted((a, b) => shareOf(b) - shareOf(a)).slice(0, shownMax),
    usedUp: usedUp.slice(0, shownMax),
    newest: coupons.slice(0, shownMax),
    mostRedeemed: coupons
      .filter(({ times_redeemed: times }) => times > 0)
      .toSorted((a, b) => b.times_redeemed - a.times_redeemed)
      .slice(0, shownMax),
  }
}

function shareOf({ times_redeemed: used, max_redemptions: cap }: Coupon): number {
  return cap === null || cap === 0 ? 0 : used / cap
}
