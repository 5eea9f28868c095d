import type { Context } from '../protocol/endpoint.ts'
import type { Expansion } from '../protocol/expand.ts'
import { hasPromotion } from '../protocol/version.ts'
import type { Row } from '../store/store.ts'
import { couponExpands, renderCoupon, type Coupon, type StoredCoupon } from './coupon.ts'
import {
  promotionCodeExpands,
  renderPromotionCode,
  requirePromotionCode,
  type LegacyPromotionCode,
  type PromotionCode,
} from './promotion-code.ts'

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
  invoice: null
  invoice_item: null
  promotion_code: string | PromotionCode | LegacyPromotionCode | null
  start: number
  subscription: null
  subscription_item: null
}
type Source = { source: { coupon: string | Coupon; type: 'coupon' } }
/** The shape before 2025-09-30.clover. */
type LegacySource = { coupon: Coupon }
export type Discount = Common & { end: number | null } & Source
export type LegacyDiscount = Common & { end: number | null } & LegacySource
type DeletedDiscount = Common & { deleted: true } & (Source | LegacySource)

/** Documented: the coupon and the promotion code can be expanded. Guessed: so can what is inside of them. */
export function discountExpands(version: string): Expansion {
  return {
    ...(hasPromotion(version) ? { source: { coupon: couponExpands } } : { coupon: couponExpands }),
    promotion_code: promotionCodeExpands(version),
  }
}

/** Documented: since 2025-09-30.clover `source` names the coupon; before, `coupon` was the whole object. */
function render<E extends object>(row: Row<StoredDiscount>, context: Context, expand: Expansion, end: E) {
  const { couponSeq, customer, promotion_code: code } = row.body
  const coupon = context.store.bySeq<StoredCoupon>(couponSeq)
  const isNew = hasPromotion(context.version)
  const couponExpand = isNew ? expand['source']?.['coupon'] : (expand['coupon'] ?? {})
  const whole = couponExpand && renderCoupon(coupon, context, couponExpand, coupon.isRemoved)
  const codeExpand = expand['promotion_code']
  const head = { id: row.id, object: 'discount' as const, checkout_session: null }
  const middle = {
    customer,
    customer_account: null,
    ...end,
    invoice: null,
    invoice_item: null,
    promotion_code:
      code !== null && codeExpand
        ? renderPromotionCode(requirePromotionCode(context, code), context, codeExpand)
        : code,
  }
  const tail = { start: row.created, subscription: null, subscription_item: null }
  return isNew
    ? { ...head, ...middle, source: { coupon: whole ?? coupon.id, type: 'coupon' as const }, ...tail }
    : { ...head, coupon: whole ?? renderCoupon(coupon, context, {}, coupon.isRemoved), ...middle, ...tail }
}

export function renderDiscount(
  row: Row<StoredDiscount>,
  context: Context,
  expand: Expansion = {},
): Discount | LegacyDiscount {
  return render(row, context, expand, { end: row.body.end })
}

/** Documented: a deleted discount shows what it was, but not its end. */
export function renderDeletedDiscount(row: Row<StoredDiscount>, context: Context): DeletedDiscount {
  return render(row, context, {}, { deleted: true as const })
}
