import { isRecord } from '../lib/is-record.ts'
import type { StripeCoupon } from '../stripe/coupons.ts'
import type { StripePromotionCode } from '../stripe/promotion-codes.ts'

export type Terms = Record<string, unknown>
/** Exactly what was asked for; or that, but for what can be changed later; or something else. */
export type Match = 'exact' | 'altered' | 'other'

/** Compares a coupon with the terms that one was asked for with; applies_to and currency_options are in no list. */
export function matchCoupon(terms: Terms, coupon: StripeCoupon): Match {
  const fixed = ['percent_off', 'amount_off', 'currency', 'duration_in_months', 'max_redemptions', 'redeem_by'] as const
  const isSame = fixed.every((field) => (terms[field] ?? null) === (coupon[field] ?? null))
  if (!isSame || (terms['duration'] ?? 'once') !== coupon.duration) return 'other'
  const isUnaltered = (terms['name'] ?? null) === (coupon.name ?? null) && hasMetadata(terms, coupon)
  return isUnaltered ? 'exact' : 'altered'
}

/** Compares a promotion code with the terms that one was asked for with. */
export function matchPromotionCode(terms: Terms, code: StripePromotionCode): Match {
  const { promotion, restrictions = {} } = terms
  const { coupon } = code.promotion
  const couponId = typeof coupon === 'string' ? coupon : coupon?.id
  const customer = typeof code.customer === 'string' ? code.customer : (code.customer?.id ?? null)
  const asked = isRecord(restrictions) ? restrictions : {}
  const isSame =
    isRecord(promotion) &&
    promotion['coupon'] === couponId &&
    (terms['code'] === undefined || isSameCode(terms['code'], code.code)) &&
    (terms['customer'] ?? null) === customer &&
    (terms['max_redemptions'] ?? null) === (code.max_redemptions ?? null) &&
    (terms['expires_at'] === undefined || terms['expires_at'] === code.expires_at) &&
    (asked['first_time_transaction'] ?? false) === code.restrictions.first_time_transaction &&
    (asked['minimum_amount'] ?? null) === (code.restrictions.minimum_amount ?? null) &&
    (asked['minimum_amount_currency'] ?? null) === (code.restrictions.minimum_amount_currency ?? null)
  if (!isSame) return 'other'
  return (terms['active'] ?? true) === code.active && hasMetadata(terms, code) ? 'exact' : 'altered'
}

/** Whether the object is as an update asked for; undefined where the object does not show it. */
export function isAsAsked(terms: Terms, object: StripeCoupon | StripePromotionCode): boolean | undefined {
  const { name, metadata, active, expand: _expand, ...rest } = terms
  if (Object.keys(rest).length > 0) return undefined
  if (name !== undefined && 'name' in object && name !== (object.name ?? '')) return false
  if (active !== undefined && 'active' in object && active !== object.active) return false
  const kept = object.metadata ?? {}
  if (metadata === '') return Object.keys(kept).length === 0
  if (!isRecord(metadata)) return true
  return Object.entries(metadata).every(([key, value]) => (kept[key] ?? '') === (value ?? ''))
}

/** For Stripe, case does not count. */
function isSameCode(asked: unknown, code: string): boolean {
  return typeof asked === 'string' && asked.toLowerCase() === code.toLowerCase()
}

function hasMetadata({ metadata = {} }: Terms, { metadata: kept }: { metadata: object | null }): boolean {
  const sorted = (value: unknown) =>
    Object.entries(isRecord(value) ? value : {})
      .map((entry) => JSON.stringify(entry))
      .toSorted()
      .join()
  return sorted(metadata) === sorted(kept)
}
