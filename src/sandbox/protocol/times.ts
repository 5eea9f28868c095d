import { invalid } from './errors.ts'

/** Checks a future time in Unix seconds. Recorded: the past is refused. Documented for redeem_by, recorded for expires_at: at most five years ahead. */
export function checkFuture(name: string, time: number | undefined, now: number): void {
  if (time === undefined) return
  if (time <= now) {
    throw invalid(
      `The parameter \`${name}\` expects a unix timestamp representing a date and time in the future. You specified the value \`${time}\` which is in the past.`,
      name,
    )
  }
  const last = new Date(now * 1000)
  last.setUTCFullYear(last.getUTCFullYear() + 5)
  if (time > last.getTime() / 1000) {
    throw invalid('Invalid timestamp: can be no more than five years in the future.', name)
  }
}
