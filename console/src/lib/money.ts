import { decimalsOf } from '../../../src/coupons/money.ts'
import { locale } from './locale.ts'

/** Stripe's decimals, which are not those of Intl: 2 for usd, 0 for jpy, 3 for kwd. */
export function currencyDecimals(currency: string): number {
  return decimalsOf(currency.toLowerCase())
}

/** An amount in the currency's smallest unit, as people write it: `$20.00`, `¥500`, `KWD 1.500`. */
export function formatMoney(amount: number, currency: string): string {
  const decimals = currencyDecimals(currency)
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const value = amount / 10 ** decimals
  // Intl knows codes of three letters; Stripe has one more.
  return currency.length === 3
    ? new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits }).format(value)
    : `${new Intl.NumberFormat(locale, digits).format(value)} ${currency.toUpperCase()}`
}

/** An amount in the currency's smallest unit, as `parseMoney` takes it: `20.00`. */
export function plainAmount(amount: number, currency: string): string {
  const decimals = currencyDecimals(currency)
  return (amount / 10 ** decimals).toFixed(decimals)
}

/**
 * What somebody typed, in the currency's smallest unit: `20` and `20.00` are 2000 in usd. Undefined for anything that is no such
 * number, also for one with more decimals than the currency has.
 */
export function parseMoney(text: string, currency: string): number | undefined {
  const match = /^(\d+)(?:\.(\d*))?$/.exec(text.trim())
  const [, whole = '', fraction = ''] = match ?? []
  const decimals = currencyDecimals(currency)
  if (!match || fraction.length > decimals) return undefined
  const amount = Number(whole + fraction.padEnd(decimals, '0'))
  return Number.isSafeInteger(amount) ? amount : undefined
}
