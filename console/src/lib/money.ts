import { locale } from './locale.ts'

// Stripe's decimals, which are not those of Intl: https://docs.stripe.com/currencies#zero-decimal
const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))

/** How many decimals an amount in Stripe's smallest unit stands for: 2 for usd, 0 for jpy, 3 for kwd. */
export function currencyDecimals(currency: string): number {
  const code = currency.toLowerCase()
  if (zeroDecimal.has(code)) return 0
  return threeDecimal.has(code) ? 3 : 2
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
