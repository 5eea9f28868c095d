import { isValid, renderCoupon, type Coupon, type KeptCoupon } from './coupon.ts'
import { renderCustomer, requireCustomer, type Customer } from './customers.ts'
import type { Context } from '../protocol/endpoint.ts'
import { missing } from '../protocol/errors.ts'
import { hasPromotion } from '../protocol/authentication.ts'
import type { Metadata } from '../protocol/metadata.ts'
import type { Row } from '../store/store.ts'

type MinimumByCurrency = Record<string, { minimum_amount: number }>

/** As kept: `active` is what was asked for, of which the wire shows only what the coupon and the clock leave. */
export type KeptPromotionCode = {
  active: boolean
  code: string
  /** The coupon's place in the store, since another coupon may come to have its id. */
  couponSeq: number
  customer: string | null
  customer_account: string | null
  expires_at: number | null
  max_redemptions: number | null
  metadata: Metadata
  restrictions: {
    currency_options: MinimumByCurrency | null
    first_time_transaction: boolean
    minimum_amount: number | null
    minimum_amount_currency: string | null
  }
  times_redeemed: number
}

export type PromotionCode = {
  id: string
  object: 'promotion_code'
  active: boolean
  code: string
  created: number
  customer: string | Customer | null
  customer_account: string | null
  expires_at: number | null
  livemode: boolean
  max_redemptions: number | null
  metadata: Metadata
  promotion: { coupon: string | Coupon; type: 'coupon' }
  restrictions: {
    currency_options?: MinimumByCurrency
    first_time_transaction: boolean
    minimum_amount: number | null
    minimum_amount_currency: string | null
  }
  times_redeemed: number
}
/** What versions before 2025-09-30.clover show. */
export type LegacyPromotionCode = Omit<PromotionCode, 'promotion'> & { coupon: Coupon }

export const promotionCodeType = { name: 'promotion_code', words: 'promotion code' }

/** Documented: active needs a coupon that is valid and a code that is neither expired nor used up. */
export function isActive(code: KeptPromotionCode, context: Context): boolean {
  if (!code.active) return false
  if (code.expires_at !== null && context.now > code.expires_at) return false
  if (code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions) return false
  const coupon = context.store.bySeq<KeptCoupon>(code.couponSeq)
  return !coupon.isRemoved && isValid(coupon.body, context.now)
}

/** Recorded: fourteen keys; the coupon's id until expanded. Documented: before 2025-09-30.clover the whole coupon. */
export function renderPromotionCode(
  row: Row<KeptPromotionCode>,
  context: Context,
): PromotionCode | LegacyPromotionCode {
  const { expand, store, version, space } = context
  const kept = row.body
  const isNew = hasPromotion(version)
  const coupon = store.bySeq<KeptCoupon>(kept.couponSeq)
  const couponExpand = isNew ? expand['promotion']?.['coupon'] : (expand['coupon'] ?? {})
  const whole = couponExpand && renderCoupon(coupon, context, couponExpand, coupon.isRemoved)
  const { currency_options: options, ...restrictions } = kept.restrictions
  const common = {
    created: row.created,
    customer:
      kept.customer !== null && expand['customer']
        ? renderCustomer(requireCustomer(context, kept.customer), context)
        : kept.customer,
    customer_account: kept.customer_account,
    expires_at: kept.expires_at,
    livemode: space.livemode,
    max_redemptions: kept.max_redemptions,
    metadata: kept.metadata,
  }
  const rest = {
    restrictions: {
      ...(expand['restrictions']?.['currency_options'] && options && { currency_options: options }),
      ...restrictions,
    },
    times_redeemed: kept.times_redeemed,
  }
  const head = { id: row.id, object: 'promotion_code' as const, active: isActive(kept, context), code: kept.code }
  return isNew
    ? { ...head, ...common, promotion: { coupon: whole ?? coupon.id, type: 'coupon' }, ...rest }
    : { ...head, coupon: whole ?? renderCoupon(coupon, context, {}, coupon.isRemoved), ...common, ...rest }
}

export function requirePromotionCode(context: Context, id: string, status: 400 | 404 = 404): Row<KeptPromotionCode> {
  const row = context.store.find<KeptPromotionCode>(context.space.id, promotionCodeType.name, id)
  if (row === undefined) throw missing(promotionCodeType.words, id, 'promotion_code', status)
  return row
}

/** Documented: the case of a code does not count. */
export const byCode = `lower(body ->> 'code') = lower(?)`

/** The codes of this spelling, whatever the case, newest first. */
export function codesSpelt(context: Context, code: string): Iterable<Row<KeptPromotionCode>> {
  const text = `SELECT seq, id, created, body FROM objects WHERE space = ? AND type = 'promotion_code' AND ${byCode} ORDER BY created DESC, seq DESC`
  return context.store.rows<KeptPromotionCode>(text, [context.space.id, code])
}
