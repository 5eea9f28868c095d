import { checkCurrency, toCoupon } from '../coupons/coupon.ts'
import { invalid } from '../lib/refusal.ts'
import { checkFuture } from '../lib/times.ts'
import {
  promotionCodeExpand as expand,
  type StripePromotionCode,
  type StripePromotionCodeChanges,
  type StripePromotionCodeTerms,
} from '../stripe/promotion-codes.ts'
import type { NewPromotionCodeData, PromotionCode, PromotionCodeChangesData } from './schema.ts'

/** Checks the rules that no schema can express and returns Stripe's parameters. @throws Refusal that names the field */
export function newPromotionCode({ coupon, ...data }: NewPromotionCodeData): StripePromotionCodeTerms {
  const { restrictions } = data
  checkRestrictions(restrictions)
  return {
    promotion: { type: 'coupon', coupon },
    expand,
    ...data,
    ...(restrictions?.minimum_amount_currency !== undefined && {
      restrictions: { ...restrictions, minimum_amount_currency: restrictions.minimum_amount_currency.toLowerCase() },
    }),
  }
}

/** Refuses an expires_at that Stripe would. Apart from the other rules, because a retry may come after it has passed. */
export function checkExpiresAt(expiresAt: number | undefined, now: Date): void {
  if (expiresAt !== undefined) checkFuture('data.expires_at', expiresAt, now)
}

export function promotionCodeChanges({ metadata, ...rest }: PromotionCodeChangesData): StripePromotionCodeChanges {
  return { ...rest, expand, ...(metadata !== undefined && { metadata: metadata ?? '' }) }
}

/** Converts Stripe's promotion code to the public one: the whole coupon inline, which Stripe nests one level deeper. */
export function toPromotionCode(code: StripePromotionCode): PromotionCode {
  const { coupon } = code.promotion
  const { customer, restrictions } = code
  return {
    id: code.id,
    object: 'promotion_code',
    active: code.active,
    code: code.code,
    coupon: typeof coupon === 'object' && coupon !== null ? toCoupon(coupon) : null,
    created: code.created,
    customer: typeof customer === 'object' ? (customer?.id ?? null) : customer,
    customer_account: code.customer_account ?? null,
    expires_at: code.expires_at ?? null,
    livemode: code.livemode,
    max_redemptions: code.max_redemptions ?? null,
    metadata: code.metadata ?? {},
    restrictions: {
      first_time_transaction: restrictions.first_time_transaction,
      minimum_amount: restrictions.minimum_amount ?? null,
      minimum_amount_currency: restrictions.minimum_amount_currency ?? null,
    },
    times_redeemed: code.times_redeemed,
  }
}

function checkRestrictions(restrictions: NewPromotionCodeData['restrictions']): void {
  const { minimum_amount: amount, minimum_amount_currency: currency } = restrictions ?? {}
  const param = 'data.restrictions.minimum_amount_currency'
  if (amount !== undefined && currency === undefined) throw invalid(param, `${param} is required with minimum_amount.`)
  if (amount === undefined && currency !== undefined) {
    throw invalid('data.restrictions.minimum_amount', `data.restrictions.minimum_amount is required with its currency.`)
  }
  if (currency !== undefined) checkCurrency(param, currency)
}
