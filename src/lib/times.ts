import { invalid } from './refusal.ts'

const yearsMax = 5

/**
 * Refuses a time, in seconds since 1970, that is not in the future or more than five years away: Stripe's rule for redeem_by
 * and expires_at.
 */
export function checkFuture(param: string, seconds: number, now: Date): void {
  if (seconds * 1000 <= now.getTime()) throw invalid(param, `${param} must be in the future, in seconds since 1970.`)
  const limit = new Date(now)
  limit.setUTCFullYear(limit.getUTCFullYear() + yearsMax)
  if (seconds * 1000 > limit.getTime()) {
    throw invalid(param, `${param} must be within five years from now, in seconds since 1970.`)
  }
}

/** Whole seconds since 1970, as the API has times, of milliseconds, as the database has them; null of null. */
export function unixSeconds(ms: number): number
export function unixSeconds(ms: number | null): number | null
export function unixSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1_000)
}
