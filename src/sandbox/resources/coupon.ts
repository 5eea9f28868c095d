import type { Context } from '../protocol/endpoint.ts'
import { missing } from '../protocol/errors.ts'
import type { Expansion } from '../protocol/expand.ts'
import type { Metadata } from '../protocol/metadata.ts'
import { hasFloatPercent } from '../protocol/version.ts'
import type { Row } from '../store/store.ts'

export type CurrencyOptions = Record<string, { amount_off: number }>

/** A coupon as stored, without `valid`, which depends on the time of reading. */
export type StoredCoupon = {
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

export const couponType = { name: 'coupon', label: 'coupon' }
export const couponExpands: Expansion = { applies_to: {}, currency_options: {} }

/** Documented: valid until redeem_by, and while redeemed fewer times than max_redemptions. */
export function isValid(coupon: StoredCoupon, now: number): boolean {
  if (coupon.redeem_by !== null && now > coupon.redeem_by) return false
  return coupon.max_redemptions === null || coupon.times_redeemed < coupon.max_redemptions
}

/** Documented: an integer before 2018-07-27. Guessed: rounded. */
function shownPercent(percent: number | null, version: string): number | null {
  return percent === null || hasFloatPercent(version) ? percent : Math.round(percent)
}

/** Recorded: fifteen keys in this order; applies_to and currency_options only when expanded, even right after a create. */
export function renderCoupon(
  row: Row<StoredCoupon>,
  context: Context,
  expand: Expansion = context.expand,
  isRemoved = false,
): Coupon {
  const stored = row.body
  return {
    id: row.id,
    object: 'coupon',
    amount_off: stored.amount_off,
    ...(expand['applies_to'] && stored.applies_to && { applies_to: { products: stored.applies_to } }),
    created: row.created,
    currency: stored.currency,
    ...(expand['currency_options'] && stored.currency_options && { currency_options: stored.currency_options }),
    duration: stored.duration,
    duration_in_months: stored.duration_in_months,
    livemode: context.scope.livemode,
    max_redemptions: stored.max_redemptions,
    metadata: stored.metadata,
    name: stored.name,
    percent_off: shownPercent(stored.percent_off, context.version),
    redeem_by: stored.redeem_by,
    times_redeemed: stored.times_redeemed,
    valid: !isRemoved && isValid(stored, context.now),
  }
}

/** Finds a coupon or throws resource_missing: 404 when the path named it, 400 when a parameter did. */
export function requireCoupon(
  context: Context,
  id: string,
  param = 'coupon',
  status: 400 | 404 = 404,
): Row<StoredCoupon> {
  const row = context.store.find<StoredCoupon>(context.scope.id, couponType.name, id)
  if (row === undefined) throw missing(couponType.label, id, param, status)
  return row
}
