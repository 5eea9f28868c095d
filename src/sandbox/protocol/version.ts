import { StripeError } from './errors.ts'

export const newestVersion = '2026-10-28.endive'
const named = /^(20\d\d-\d\d-\d\d)(?:\.([a-z]+))?$/

/**
 * Whether a text is an API version. Guessed, because the list of versions is not public: any real date is one, with a
 * release name from 2024-09-30 on and without one before.
 */
export function isVersion(text: string): boolean {
  if (text === newestVersion) return true
  const [, date, name] = named.exec(text) ?? []
  const at = Date.parse(`${date}T00:00:00Z`)
  const isReal = date !== undefined && !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
  return isReal && (date < '2024-09-30' ? !name : name !== undefined)
}

/** Checks an API version. Recorded: an invalid one is refused before the endpoint. */
export function readVersion(version: string): string {
  if (isVersion(version)) return version
  const shown = version.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100)
  throw new StripeError(`Invalid Stripe API version: ${shown}`, { stage: 'routing' })
}

/** Documented: since 2025-09-30.clover a promotion code has `promotion` instead of `coupon`. */
export function hasPromotion(version: string): boolean {
  return version >= '2025-09-30'
}

/** Documented: before 2025-03-31.basil customers take `coupon` and `promotion_code`. */
export function hasCustomerCoupon(version: string): boolean {
  return version < '2025-03-31'
}

/** Documented: since 2018-07-27 percent_off is a float with two decimals; before, it is an integer. */
export function hasFloatPercent(version: string): boolean {
  return version >= '2018-07-27'
}
