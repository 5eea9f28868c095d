import { currencies } from '../lib/currencies.ts'
import { invalid } from '../lib/refusal.ts'
import { checkFuture } from '../lib/times.ts'
import type { StripeCoupon, StripeCouponChanges } from '../stripe/coupons.ts'
import type { Coupon } from './answer-schema.ts'
import type { CouponChangesData, NewCouponData } from './schema.ts'

/** Stripe's parameters: the caller's terms with the default duration filled in. */
export type NewCouponTerms = NewCouponData & Required<Pick<NewCouponData, 'duration'>>

const known = new Set(currencies)
/** The keys that currency_options may have: Stripe lists three stablecoins for them only. */
export const knownAsOption = new Set([...currencies, 'eurc', 'usdt', 'open_usd'])

/**
 * Checks the rules that no schema can express and returns Stripe's parameters. Whether redeem_by lies in the future is left
 * to `checkRedeemBy`: a retry may come after it has passed.
 * @throws Refusal that names the field
 */
export function newCoupon(data: NewCouponData): NewCouponTerms {
  const { name, ...rest } = data
  checkId(data.id)
  checkDiscount(data)
  checkDuration(data)
  checkOptions(data.currency_options)
  return {
    // An empty name counts as none.
    ...(name && { name }),
    ...rest,
    ...(data.currency !== undefined && { currency: data.currency.toLowerCase() }),
    duration: data.duration ?? 'once',
  }
}

/** Stripe's parameters of an update. Null and "" clear the name, a metadata key or all metadata, as in Stripe. */
export function couponChanges(data: CouponChangesData): StripeCouponChanges {
  const { name, metadata, ...rest } = data
  checkOptions(data.currency_options)
  return {
    ...rest,
    ...(name !== undefined && { name: name ?? '' }),
    ...(metadata !== undefined && { metadata: metadata ?? '' }),
  }
}

/** Refuses a redeem_by that Stripe would: in the past, or more than five years from `now`. */
export function checkRedeemBy(redeemBy: number | undefined, now: Date): void {
  if (redeemBy !== undefined) checkFuture('data.redeem_by', redeemBy, now)
}

/** Converts Stripe's coupon to the public one: exactly fifteen fields. A missing name reads as the id, as Stripe shows it. */
export function toCoupon(coupon: StripeCoupon): Coupon {
  return {
    id: coupon.id,
    object: 'coupon',
    amount_off: coupon.amount_off ?? null,
    created: coupon.created,
    currency: coupon.currency ?? null,
    duration: coupon.duration,
    duration_in_months: coupon.duration_in_months ?? null,
    livemode: coupon.livemode,
    max_redemptions: coupon.max_redemptions ?? null,
    metadata: coupon.metadata ?? {},
    name: coupon.name ?? coupon.id,
    percent_off: coupon.percent_off ?? null,
    redeem_by: coupon.redeem_by ?? null,
    times_redeemed: coupon.times_redeemed,
    valid: coupon.valid,
  }
}

function checkDiscount({ percent_off, amount_off, currency, currency_options }: NewCouponData): void {
  if (percent_off === undefined && amount_off === undefined) {
    throw invalid('data.percent_off', 'Give either data.percent_off or data.amount_off.')
  }
  if (percent_off !== undefined && amount_off !== undefined) {
    throw invalid('data.percent_off', 'Give either data.percent_off or data.amount_off, not both.')
  }
  if (percent_off !== undefined) {
    // The shortest text of the number says exactly how many decimals were meant; arithmetic on 25.55 does not.
    if (!/^\d+(\.\d{1,2})?$/.test(String(percent_off))) {
      throw invalid('data.percent_off', 'data.percent_off must have at most two decimals.')
    }
    if (currency_options !== undefined) {
      throw invalid(
        'data.currency_options',
        'data.currency_options goes with data.amount_off, not with data.percent_off.',
      )
    }
  }
  if (amount_off !== undefined && currency === undefined) {
    throw invalid('data.currency', 'data.currency is required with data.amount_off.')
  }
  if (currency !== undefined) checkCurrency('data.currency', currency)
}

/** Refuses a currency code that Stripe does not support, in upper or lower case. */
export function checkCurrency(param: string, currency: string, among = known): void {
  if (!among.has(currency.toLowerCase())) throw invalid(param, `${param} is not a currency that Stripe supports.`)
}

function checkDuration({ duration, duration_in_months: months }: NewCouponData): void {
  if (duration === 'repeating') {
    if (months === undefined) {
      throw invalid('data.duration_in_months', 'data.duration_in_months is required when data.duration is repeating.')
    }
  } else if (months !== undefined) {
    throw invalid('data.duration_in_months', 'data.duration_in_months goes only with a data.duration of repeating.')
  }
}

function checkOptions(options: NewCouponData['currency_options']): void {
  for (const currency of Object.keys(options ?? {})) {
    if (knownAsOption.has(currency)) continue
    const param = `data.currency_options.${currency}`
    throw knownAsOption.has(currency.toLowerCase())
      ? invalid(param, `${param} must be in lower case, as Stripe has it.`)
      : invalid(param, `${param} is not a currency that Stripe supports.`)
  }
}

/** Refuses an id that cannot stand in a URL: `.`, `..`, or one too long for a request line. */
function checkId(id: string | undefined): void {
  if (id === undefined) return
  if (id === '.' || id === '..') throw invalid('data.id', 'data.id must not be . or .., which no path can name.')
  if (encodeURIComponent(id).length > 5_000) {
    throw invalid('data.id', 'data.id must have at most 5000 characters once it is percent-encoded.')
  }
}
