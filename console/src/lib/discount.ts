import { locale } from './locale.ts'
import { formatMoney } from './money.ts'

type Discount = { percent_off: number | null; amount_off: number | null; currency: string | null }
type Duration = { duration: string; duration_in_months: number | null }

const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 })

/** `25% off`, `$20.00 off`. */
export function discountWords({ percent_off, amount_off, currency }: Discount): string {
  if (percent_off !== null) return `${percent.format(percent_off / 100)} off`
  if (amount_off !== null && currency !== null) return `${formatMoney(amount_off, currency)} off`
  return 'No discount'
}

/** Which invoices are cheaper: `every invoice for 3 months`. */
export function durationWords({ duration, duration_in_months: months }: Duration): string {
  if (duration === 'once') return 'first invoice'
  if (duration === 'forever') return 'every invoice, for ever'
  return `every invoice for ${months ?? 0} ${months === 1 ? 'month' : 'months'}`
}

/** The same where it stands alone: `Every invoice for 3 months`. */
export function durationLabel(duration: Duration): string {
  const words = durationWords(duration)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
