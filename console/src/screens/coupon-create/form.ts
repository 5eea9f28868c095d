import type { components, paths } from '../../../../client/schema.ts'
import type { Coupon } from '../../api/client.ts'
import { currencyDecimals, parseMoney, plainAmount } from '../../lib/money.ts'
import { localTime, unixSecond } from '../../lib/time.ts'

export const createPath = '/stripe/connect/accounts/{accountId}/coupons'

/** The terms of a new coupon, as they are sent. */
export type Terms = paths[typeof createPath]['post']['requestBody']['content']['application/json']['data']
export type Preview = components['schemas']['CouponPreview']

/** What is written and chosen in the form, as text; an empty one is not sent. */
export type Form = {
  kind: 'percent' | 'amount'
  percent: string
  amount: string
  /** Of the amount, and of the sample prices. */
  currency: string
  duration: 'once' | 'repeating' | 'forever'
  months: string
  maxRedemptions: string
  /** Date and time in the reader's zone: `2026-12-31T23:59`. */
  expiry: string
  name: string
  id: string
  /** Ids, separated by commas or spaces. */
  products: string
  /** Prices that the preview shows the discount on; null for the usual one. */
  samples: (string | null)[]
}

export type Field = 'percent' | 'amount' | 'currency' | 'duration' | 'months' | TextField
type TextField = 'maxRedemptions' | 'expiry' | 'name' | 'id' | 'products'

export function blankForm(currency: string): Form {
  return {
    kind: 'percent',
    percent: '',
    amount: '',
    currency,
    duration: 'once',
    months: '',
    maxRedemptions: '',
    expiry: '',
    name: '',
    id: '',
    products: '',
    samples: [null, null, null],
  }
}

/** The form of a coupon like another one. An expiry that has passed is left out, and so is the id, which is the other one's. */
export function formLike(coupon: Coupon, currency: string, nowSeconds = Date.now() / 1000): Form {
  const { amount_off: amount, redeem_by: end, duration } = coupon
  const own = coupon.currency ?? currency
  return {
    ...blankForm(own),
    kind: amount === null ? 'percent' : 'amount',
    percent: textOf(coupon.percent_off),
    amount: amount === null ? '' : plainAmount(amount, own),
    duration: duration === 'repeating' || duration === 'forever' ? duration : 'once',
    months: textOf(coupon.duration_in_months),
    maxRedemptions: textOf(coupon.max_redemptions),
    expiry: end === null || end <= nowSeconds ? '' : localTime(end),
    name: coupon.name === coupon.id ? '' : coupon.name,
  }
}

/** The terms that a form stands for. What is no number becomes NaN, hence null on the wire, for the server to refuse. */
export function termsOf(form: Form): Terms {
  const { kind, amount, currency, duration, name, id } = form
  const products = form.products.split(/[\s,]+/).filter((word) => word !== '')
  return {
    name: name === '' ? undefined : name,
    ...(kind === 'percent'
      ? { percent_off: numberOf(form.percent) }
      : { amount_off: parseMoney(amount, currency), currency }),
    duration,
    duration_in_months: duration === 'repeating' ? numberOf(form.months) : undefined,
    max_redemptions: numberOf(form.maxRedemptions),
    redeem_by: unixSecond(form.expiry),
    id: id === '' ? undefined : id,
    applies_to: products.length === 0 ? undefined : { products },
  }
}

/** What is wrong with an amount that is no number of the currency's smallest units, so that nothing can be sent. */
export function amountProblem({ kind, amount, currency }: Form): string | undefined {
  if (kind === 'percent' || amount.trim() === '' || parseMoney(amount, currency) !== undefined) return undefined
  const decimals = currencyDecimals(currency)
  const code = currency.toUpperCase()
  if (decimals === 0) return `${code} has no decimals: write digits only, such as 500.`
  return `Write digits and at most ${decimals} decimals, such as ${(20).toFixed(decimals)}. A comma does not count in ${code}.`
}

/** The sample prices as they are written in the table. Currencies without decimals have larger numbers. */
export function samplesOf({ samples, currency }: Form): string[] {
  const usual = currencyDecimals(currency) === 0 ? ['2000', '5000', '10000'] : ['20', '50', '100']
  return samples.map((sample, index) => sample ?? usual[index] ?? '')
}

/** The field that a refusal names. */
export function fieldOf(param: string | undefined, { kind }: Form): Field | undefined {
  const name = param?.split('.')[1] ?? ''
  // Without either the server names the percentage.
  if (name === 'percent_off' || name === 'amount_off') return kind
  return fields[name]
}

const fields: Partial<Record<string, Field>> = {
  currency: 'currency',
  duration: 'duration',
  duration_in_months: 'months',
  max_redemptions: 'maxRedemptions',
  redeem_by: 'expiry',
  name: 'name',
  id: 'id',
  applies_to: 'products',
}

function numberOf(text: string): number | undefined {
  const written = text.trim()
  if (written === '') return undefined
  return /^-?\d+(\.\d+)?$/.test(written) ? Number(written) : Number.NaN
}

function textOf(number: number | null): string {
  return number === null ? '' : String(number)
}
