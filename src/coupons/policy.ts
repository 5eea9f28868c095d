import { type DiscountPolicy, largestDiscounts } from '../agencies/bounds.ts'
import { Refusal } from '../lib/refusal.ts'
import type { CouponChangesData } from './schema.ts'
import type { NewCouponTerms } from './coupon.ts'

/**
 * Checks a new coupon against the policy of the caller's key.
 * @throws Refusal `not_allowed` that names the field and the limit
 */
export function checkPolicy(terms: NewCouponTerms, policy: DiscountPolicy): void {
  const largest = largestDiscounts(policy)
  const {
    percent_off: percent = 0,
    amount_off: amount,
    currency = '',
    duration,
    duration_in_months: months = 0,
  } = terms
  if (percent > largest.percent) {
    refuse(
      'data.percent_off',
      largest.percent === 0 ? 'allows no percentages' : `allows at most ${largest.percent} percent`,
    )
  }
  if (amount !== undefined) checkAmount('data.amount_off', amount, currency, policy)
  checkCurrencyOptions(terms, policy)
  if (duration === 'forever' && !largest.isForever) refuse('data.duration', 'does not allow a duration of forever')
  if (months > largest.months) refuse('data.duration_in_months', `allows at most ${largest.months} months`)
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

function checkAmount(param: string, amount: number, currency: string, policy: DiscountPolicy): void {
  const max = largestDiscounts(policy).amount(currency)
  if (amount <= max) return
  if (max === 0) refuse(param, `allows no amounts${policy.maxAmounts ? ` in ${currency}` : ''}`)
  refuse(param, `allows at most ${max} in ${currency}`)
}

function refuse(param: string, limit: string): never {
  throw new Refusal('not_allowed', `The discount policy of this API key ${limit}.`, { param })
}
