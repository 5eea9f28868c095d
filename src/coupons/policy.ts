import type { DiscountPolicy } from '../agencies/bounds.ts'
import { Refusal } from '../lib/refusal.ts'
import type { CouponChangesData } from './schema.ts'
import type { NewCouponTerms } from './coupon.ts'

/**
 * Checks a new coupon against the policy of the caller's key. A key that is limited in one kind of discount gives none of the other
 * kind, unless that is limited too: otherwise an amount of any size would pass a largest percentage.
 * @throws Refusal `not_allowed` that names the field and the limit
 */
export function checkPolicy(terms: NewCouponTerms, policy: DiscountPolicy): void {
  const { maxPercent, maxAmounts, maxMonths, noForever = false } = policy
  const { percent_off: percent, amount_off: amount, currency = '', duration, duration_in_months: months = 0 } = terms
  if (percent !== undefined) {
    if (maxPercent === undefined && maxAmounts) refuse('data.percent_off', 'allows no percentages')
    if (maxPercent !== undefined && percent > maxPercent)
      refuse('data.percent_off', `allows at most ${maxPercent} percent`)
  }
  if (amount !== undefined) checkAmount('data.amount_off', amount, currency, policy)
  checkCurrencyOptions(terms, policy)
  if (duration === 'forever' && (noForever || maxMonths !== undefined)) {
    refuse('data.duration', 'does not allow a duration of forever')
  }
  if (maxMonths !== undefined && months > maxMonths) {
    refuse('data.duration_in_months', `allows at most ${maxMonths} months`)
  }
}

/** Checks the amounts in further currencies, which are all that an update can add to a discount. @throws Refusal `not_allowed` */
export function checkCurrencyOptions(
  { currency_options: options = {} }: Pick<CouponChangesData, 'currency_options'>,
  policy: DiscountPolicy,
): void {
  for (const [currency, { amount_off: amount }] of Object.entries(options)) {
    checkAmount(`data.currency_options.${currency}.amount_off`, amount, currency, policy)
  }
}

function checkAmount(
  param: string,
  amount: number,
  currency: string,
  { maxPercent, maxAmounts }: DiscountPolicy,
): void {
  if (!maxAmounts && maxPercent === undefined) return
  const max = maxAmounts?.[currency]
  if (max === undefined) refuse(param, `allows no amounts${maxAmounts ? ` in ${currency}` : ''}`)
  if (amount > max) refuse(param, `allows at most ${max} in ${currency}`)
}

function refuse(param: string, limit: string): never {
  throw new Refusal('not_allowed', `The discount policy of this API key ${limit}.`, { param })
}
