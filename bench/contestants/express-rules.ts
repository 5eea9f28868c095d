import { currencies } from '../../src/lib/currencies.ts'

const known = new Set(currencies)
const fields = new Set(
  (
    'name percent_off amount_off currency duration duration_in_months max_redemptions redeem_by id metadata applies_to ' +
    'currency_options'
  ).split(' '),
)

/** What is wrong with the terms of a new coupon, in a sentence. */
export function couponProblem(data: Record<string, unknown> | undefined): string | undefined {
  if (typeof data !== 'object') return 'data must be an object.'
  for (const field of Object.keys(data)) if (!fields.has(field)) return `data.${field} is not known.`
  const {
    name,
    percent_off: percent,
    amount_off: amount,
    currency,
    duration = 'once',
    duration_in_months: months,
  } = data
  if (name !== undefined && (typeof name !== 'string' || name.length > 40))
    return 'data.name has at most 40 characters.'
  if ((percent === undefined) === (amount === undefined)) return 'Give either data.percent_off or data.amount_off.'
  if (percent !== undefined && !(typeof percent === 'number' && percent >= 1 && percent <= 100)) {
    return 'data.percent_off must be a number from 1 to 100.'
  }
  if (amount !== undefined && !isCount(amount)) return 'data.amount_off must be a whole number above 0.'
  if (amount !== undefined && !known.has(String(currency))) return 'data.currency must be one that Stripe supports.'
  if (!['once', 'repeating', 'forever'].includes(String(duration))) return 'data.duration is not known.'
  if ((duration === 'repeating') !== (months !== undefined)) return 'data.duration_in_months goes with repeating.'
  if (months !== undefined && !isCount(months)) return 'data.duration_in_months must be a whole number above 0.'
  for (const field of ['max_redemptions', 'redeem_by']) {
    if (data[field] !== undefined && !isCount(data[field])) return `data.${field} must be a whole number above 0.`
  }
  return undefined
}

/** What is wrong with the changes of a coupon, in a sentence. */
export function changesProblem(data: Record<string, unknown> | undefined): string | undefined {
  if (typeof data !== 'object') return 'data must be an object.'
  for (const field of Object.keys(data)) {
    if (!['name', 'metadata', 'currency_options'].includes(field)) return `data.${field} cannot change.`
  }
  const { name } = data
  if (name !== undefined && (typeof name !== 'string' || name.length > 40))
    return 'data.name has at most 40 characters.'
  return undefined
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0
}
