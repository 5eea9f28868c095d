import type { PromotionCode } from '../../api/client.ts'
import type { Tone } from '../../components/status-badge.tsx'
import { formatMoney } from '../../lib/money.ts'

type Status = { tone: Tone; name: string; reason: string }

/** Stripe says whether a code is active; why it is not follows from its other fields. */
export function codeStatus(code: PromotionCode, nowSeconds = Date.now() / 1000): Status {
  const { active, max_redemptions: cap, times_redeemed: used, expires_at: end, coupon } = code
  if (active) return { tone: 'positive', name: 'Active', reason: 'Customers can redeem it.' }
  if (cap !== null && used >= cap) {
    return { tone: 'warning', name: 'Used up', reason: `It was redeemed ${used} of ${cap} times.` }
  }
  if (end !== null && end <= nowSeconds) return { tone: 'neutral', name: 'Expired', reason: 'Its time is over.' }
  if (coupon?.valid === false) {
    return { tone: 'negative', name: 'Coupon over', reason: 'Its coupon can no longer be redeemed.' }
  }
  return { tone: 'neutral', name: 'Switched off', reason: 'Nobody can redeem it until it is switched on again.' }
}

/** Whether switching a code on could make it active. */
export function canSwitchOn(code: PromotionCode): boolean {
  return codeStatus(code).name === 'Switched off'
}

/** Who can use a code, and from how much on; empty where everybody can. */
export function limitWords({ restrictions, customer }: PromotionCode): string[] {
  const { first_time_transaction: isFirst, minimum_amount: amount, minimum_amount_currency: currency } = restrictions
  return [
    isFirst ? 'New customers only' : undefined,
    amount !== null && currency !== null ? `From ${formatMoney(amount, currency)}` : undefined,
    customer === null ? undefined : `Only ${customer}`,
  ].filter((words) => words !== undefined)
}
