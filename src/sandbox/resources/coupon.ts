import type { Context } from '../protocol/endpoint.ts'
import { missing } from '../protocol/errors.ts'
import type { Expansion } from '../protocol/expand.ts'
import type { Metadata } from '../protocol/metadata.ts'
import type { Row } from '../store/store.ts'

export type CurrencyOptions = Record<string, { amount_off: number }>

/** As kept: what the wire shows but `valid`, which depends on the time of reading. */
export type KeptCoupon = {
  amount_off: number | null
  applies_to: string[] | null
  currency: string | null
  currency_options: CurrencyOptions | null
  duration: 'forever' | 'once' | 'repeating'
  duration_in_months: number | null
  max_redemptions: number | null
  metadata: Metadata
  name: string | null
  percent_off: number | null
  redeem_by: number | null
  times_redeemed: number
}

export type Coupon = {
  id: string
  object: 'coupon'
  amount_off: number | null
  applies_to?: { products: string[] }
  created: number
  currency: string | null
  currency_options?: CurrencyOptions
  duration: 'forever' | 'once' | 'repeating'
  duration_in_months: number | null
  livemode: boolean
  max_redemptions: number | null
  metadata: Metadata
  name: string | null
  percent_off: number | null
  redeem_by: number | null
  times_redeemed: number
  valid: boolean
}
export type DeletedCoupon = { id: string; object: 'coupon'; deleted: true }

export const couponType = { name: 'coupon', words: 'coupon' }
export const couponExpands: Expansion = { applies_to: {}, currency_options: {} }

/** Documented: not past redeem_by, and redeemed fewer times than max_redemptions. */
export function isValid(coupon: KeptCoupon, now: number): boolean {
  if (coupon.redeem_by !== null && now > coupon.redeem_by) return false
  return coupon.max_redemptions === null || coupon.times_redeemed < coupon.max_redemptions
}

/** Recorded: fifteen keys, in this order; applies_to and currency_options on expansion only, even after a create. */
export function renderCoupon(
  row: Row<KeptCoupon>,
  context: Context,
  expand: Expansion = context.expand,
  isRemoved = false,
): Coupon {
  const kept = row.body
  return {
    id: row.id,
    object: 'coupon',
    amount_off: kept.amount_off,
    ...(expand['applies_to'] && kept.applies_to && { applies_to: { products: kept.applies_to } }),
    created: row.created,
    currency: kept.currency,
    ...(expand['currency_options'] && kept.currency_options && { currency_options: kept.currency_options }),
    duration: kept.duration,
    duration_in_months: kept.duration_in_months,
    livemode: context.space.livemode,
    max_redemptions: kept.max_redemptions,
    metadata: kept.metadata,
    name: kept.name,
    percent_off: kept.percent_off,
    redeem_by: kept.redeem_by,
    times_redeemed: kept.times_redeemed,
    valid: !isRemoved && isValid(kept, context.now),
  }
}

/** The coupon, or Stripe's refusal: 404 when the path named it, 400 when a parameter did. */
export function requireCoupon(
  context: Context,
  id: string,
  param = 'coupon',
  status: 400 | 404 = 404,
): Row<KeptCoupon> {
  const row = context.store.find<KeptCoupon>(context.space.id, couponType.name, id)
  if (row === undefined) throw missing(couponType.words, id, param, status)
  return row
}
