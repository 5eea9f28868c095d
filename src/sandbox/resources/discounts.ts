import { renderCoupon, type Coupon, type StoredCoupon } from './coupon.ts'
import type { Context } from '../protocol/endpoint.ts'
import { hasPromotion } from '../protocol/version.ts'
import type { Row } from '../store/store.ts'

/** A redemption's result. Documented: it outlives its coupon. */
export type StoredDiscount = {
  couponSeq: number
  customer: string
  end: number | null
  promotion_code: string | null
}
type Common = {
  id: string
  object: 'discount'
  checkout_session: null
  customer: string
  customer_account: null
  end: number | null
  invoice: null
  invoice_item: null
  promotion_code: string | null
  start: number
  subscription: null
  subscription_item: null
}
export type Discount = Common & { source: { coupon: string; type: 'coupon' } }
/** The shape before 2025-09-30.clover. */
export type LegacyDiscount = Common & { coupon: Coupon }

/** Documented: since 2025-09-30.clover `source` names the coupon; before, `coupon` was the whole object. */
export function renderDiscount(row: Row<StoredDiscount>, context: Context): Discount | LegacyDiscount {
  const coupon = context.store.bySeq<StoredCoupon>(row.body.couponSeq)
  const head = { id: row.id, object: 'discount' as const, checkout_session: null }
  const parties = {
    customer: row.body.customer,
    customer_account: null,
    end: row.body.end,
    invoice: null,
    invoice_item: null,
    promotion_code: row.body.promotion_code,
  }
  const tail = { start: row.created, subscription: null, subscription_item: null }
  return hasPromotion(context.version)
    ? { ...head, ...parties, source: { coupon: coupon.id, type: 'coupon' }, ...tail }
    : { ...head, coupon: renderCoupon(coupon, context, {}, coupon.isRemoved), ...parties, ...tail }
}
