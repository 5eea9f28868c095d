import type { Context } from '../protocol/endpoint.ts'
import { conflict } from '../protocol/errors.ts'
import { timedId } from '../store/ids.ts'
import type { Row } from '../store/store.ts'
import { isValid, requireCoupon, type StoredCoupon } from './coupon.ts'
import type { StoredCustomer } from './customer.ts'
import type { StoredDiscount } from './discount.ts'
import { findByCode, isActive, requirePromotionCode, type StoredPromotionCode } from './promotion-code.ts'

/** The object to redeem, exactly one of three, and the fields of the purchase that restrictions depend on. */
type Redemption = {
  coupon?: string | undefined
  promotion_code?: string | undefined
  code?: string | undefined
  amount?: number | undefined
  currency?: string | undefined
}

/** Documented: what a code's restrictions mean. Guessed: the wording, and that an earlier redemption is a prior transaction. */
function checkRestrictions(code: StoredPromotionCode, customer: string, purchase: Redemption, context: Context): void {
  const { restrictions } = code
  if (code.customer !== null && code.customer !== customer) {
    throw conflict('This promotion code cannot be redeemed by this customer.', 'promotion_code')
  }
  if (restrictions.first_time_transaction) {
    const earlier = `SELECT 1 FROM objects WHERE space = ? AND type = 'discount' AND body ->> 'customer' = ? LIMIT 1`
    if (context.store.sql(earlier).get(context.scope.id, customer) !== undefined) {
      throw conflict(
        'This promotion code cannot be redeemed because the associated customer has prior transactions.',
        'promotion_code',
      )
    }
  }
  const inCurrency = restrictions.currency_options?.[purchase.currency ?? '']
  const least = inCurrency?.minimum_amount ?? restrictions.minimum_amount
  if (least === null) return
  const isOtherCurrency = !inCurrency && purchase.currency !== restrictions.minimum_amount_currency
  if (isOtherCurrency || purchase.amount === undefined || purchase.amount < least) {
    throw conflict(
      'This promotion code cannot be redeemed because the minimum amount requirement has not been met.',
      'promotion_code',
    )
  }
}

/** Documented: coupon_expired for a coupon that can no longer be redeemed. The wording is a guess. */
function checkCoupon(coupon: Row<StoredCoupon>, purchase: Redemption, now: number): void {
  if (!isValid(coupon.body, now)) {
    const isSpent = coupon.body.redeem_by === null || now <= coupon.body.redeem_by
    const words = isSpent ? `Coupon ${coupon.id} is used up and cannot be applied.` : `Coupon expired: ${coupon.id}`
    throw conflict(words, 'coupon', 'coupon_expired')
  }
  const { amount_off: amount, currency: own, currency_options: options } = coupon.body
  if (amount === null || purchase.currency === undefined || purchase.currency === own) return
  if (options?.[purchase.currency] === undefined) {
    throw conflict(`Coupon ${coupon.id} cannot be applied to a purchase in ${purchase.currency}.`, 'currency')
  }
}

function endOf(coupon: StoredCoupon, now: number): number | null {
  if (coupon.duration_in_months === null) return null
  const end = new Date(now * 1000)
  end.setUTCMonth(end.getUTCMonth() + coupon.duration_in_months)
  return Math.floor(end.getTime() / 1000)
}

function requireCode(context: Context, params: Redemption): Row<StoredPromotionCode> {
  if (params.promotion_code !== undefined) return requirePromotionCode(context, params.promotion_code, 400)
  const spelt = params.code === undefined ? [] : Array.from(findByCode(context, params.code))
  const found = spelt.find((row) => isActive(row.body, context)) ?? spelt[0]
  if (found === undefined) throw conflict(`No such promotion code: '${params.code}'`, 'code', 'resource_missing')
  return found
}

/**
 * Applies a coupon or a promotion code to a customer, as a subscription or a checkout would in Stripe: both counters rise and
 * the customer gets the discount. Changes are serialized across processes, so the last redemption goes to one caller.
 */
export function applyDiscount(
  context: Context,
  customer: Row<StoredCustomer>,
  redemption: Redemption,
): Row<StoredDiscount> {
  const { store, now, scope } = context
  const code = redemption.coupon === undefined ? requireCode(context, redemption) : undefined
  const coupon = code
    ? store.bySeq<StoredCoupon>(code.body.couponSeq)
    : requireCoupon(context, redemption.coupon ?? '', 'coupon', 400)
  if (code) {
    if (!isActive(code.body, context)) {
      throw conflict(
        `This promotion code is inactive or can no longer be redeemed: ${code.body.code}`,
        'promotion_code',
      )
    }
    checkRestrictions(code.body, customer.id, redemption, context)
    store.save(code.seq, { ...code.body, times_redeemed: code.body.times_redeemed + 1 })
  }
  checkCoupon(coupon, redemption, now)
  store.save(coupon.seq, { ...coupon.body, times_redeemed: coupon.body.times_redeemed + 1 })
  const discount: StoredDiscount = {
    couponSeq: coupon.seq,
    customer: customer.id,
    end: endOf(coupon.body, now),
    promotion_code: code?.id ?? null,
  }
  const row = store.add(scope.id, 'discount', timedId('di', scope.account, now), now, discount)
  store.save(customer.seq, { ...customer.body, discountSeq: row.seq })
  return row
}
