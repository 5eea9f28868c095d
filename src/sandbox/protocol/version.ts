import { StripeError } from './errors.ts'

export const newestVersion = '2026-10-28.endive'
const named = /^(20\d\d-\d\d-\d\d)(?:\.([a-z]+))?$/

/**
 * Reads the Stripe-Version header. Recorded: an invalid one is refused before the endpoint. Guessed, because the list of
 * versions is not public: any real date is a version, with a release name from 2024-09-30 on and without one before.
 */
export function readVersion(header: string | undefined): string {
  if (header === undefined || header === newestVersion) return newestVersion
  const [, date, name] = named.exec(header) ?? []
  const at = Date.parse(`${date}T00:00:00Z`)
  const isReal = date !== undefined && !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
  if (!isReal || (date < '2024-09-30' ? name : !name)) {
    const shown = header.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100)
    throw new StripeError(`Invalid Stripe API version: ${shown}`, { stage: 'routing' })
  }
  return header
}

/** Documented: since 2025-09-30.clover a promotion code has `promotion` instead of `coupon`. */
export function hasPromotion(version: string): boolean {
  return version >= '2025-09-30'
}
