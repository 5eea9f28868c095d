import { couponExpands, isValid, renderCoupon, type Coupon, type StoredCoupon } from './coupon.ts'
import { readCustomer, type Customer, type DeletedCustomer } from './customer.ts'
import type { Context } from '../protocol/endpoint.ts'
import { missing } from '../protocol/errors.ts'
import { hasPromotion } from '../protocol/version.ts'
import type { Expansion } from '../protocol/expand.ts'
import type { Metadata } from '../protocol/metadata.ts'
import type { Row } from '../store/store.ts'

type MinimumByCurrency = Record<string, { minimum_amount: number }>

/** A promotion code as stored. `active` is what was requested; see `isActive` for what the wire shows. */
export type StoredPromotionCode = {
  active: boolean
  code: string
  /** The coupon's sequence number, since a deleted coupon's id can be used again. */
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
  customer: string | Customer | DeletedCustomer | null
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
/** The shape before 2025-09-30.clover. */
export type LegacyPromotionCode = Omit<PromotionCode, 'promotion'> & { coupon: Coupon }

/** Told: expanding `promotion` alone does nothing. Guessed: the inline coupon of earlier versions can be expanded further. */
export function promotionCodeExpands(version: string): Expansion {
  return {
    ...(hasPromotion(version) ? { promotion: { coupon: couponExpands } } : { coupon: couponExpands }),
    customer: {},
    restrictions: { currency_options: {} },
  }
}

export const promotionCodeType = { name: 'promotion_code', label: 'promotion code' }

/** Documented: a code is active while its coupon is valid and it is neither expired nor used up itself. */
export function isActive(code: StoredPromotionCode, context: Context): boolean {
  if (!code.active) return false
  if (code.expires_at !== null && context.now > code.expires_at) return false
  if (code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions) return false
  const coupon = context.store.bySeq<StoredCoupon>(code.couponSeq)
  return !coupon.isRemoved && isValid(coupon.body, context.now)
}

/** Recorded: fourteen keys, the coupon's id until expanded. Documented: the whole coupon before 2025-09-30.clover. */
export function renderPromotionCode(
  row: Row<StoredPromotionCode>,
  context: Context,
  expand: Expansion = context.expand,
): PromotionCode | LegacyPromotionCode {
  const { store, version, scope } = context
  const stored = row.body
  const isNew = hasPromotion(version)
  const coupon = store.bySeq<StoredCoupon>(stored.couponSeq)
  const couponExpand = isNew ? expand['promotion']?.['coupon'] : (expand['coupon'] ?? {})
  const whole = couponExpand && renderCoupon(coupon, context, couponExpand, coupon.isRemoved)
  const { currency_options: options, ...restrictions } = stored.restrictions
  const common = {
    created: row.created,
    customer:
      stored.customer !== null && expand['customer'] ? readCustomer(context, stored.customer, {}) : stored.customer,
    customer_account: stored.customer_account,
    expires_at: stored.expires_at,
    livemode: scope.livemode,
    max_redemptions: stored.max_redemptions,
    metadata: stored.metadata,
  }
  const rest = {
    restrictions: {
      ...(expand['restrictions']?.['currency_options'] && options && { currency_options: options }),
      ...restrictions,
    },
    times_redeemed: stored.times_redeemed,
  }
  const head = { id: row.id, object: 'promotion_code' as const, active: isActive(stored, context), code: stored.code }
  return isNew
    ? { ...head, ...common, promotion: { coupon: whole ?? coupon.id, type: 'coupon' }, ...rest }
    : { ...head, coupon: whole ?? renderCoupon(coupon, context, {}, coupon.isRemoved), ...common, ...rest }
}

export function requirePromotionCode(context: Context, id: string, status: 400 | 404 = 404): Row<StoredPromotionCode> {
  const row = context.store.find<StoredPromotionCode>(context.scope.id, promotionCodeType.name, id)
  if (row === undefined) throw missing(promotionCodeType.label, id, 'promotion_code', status)
  return row
}

/** Documented: codes are compared without regard to case. */
export const byCode = `lower(body ->> 'code') = lower(?)`

/** Finds promotion codes by code, ignoring case, newest first. */
export function findByCode(context: Context, code: string): Iterable<Row<StoredPromotionCode>> {
  const text = `WHERE space = ? AND type = 'promotion_code' AND ${byCode} ORDER BY created DESC, seq DESC`
  return context.store.rows<StoredPromotionCode>(text, [context.scope.id, code])
}
