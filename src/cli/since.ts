import { UsageError } from './command.ts'
import { durationSeconds } from './durations.ts'

/**
 * The time that `--since` names, in milliseconds since 1970: a date (`2026-11-20`, `2026-11-20T08:00Z`) or how long ago
 * (`90m`, `24h`, `7d`). @throws UsageError
 */
export function parseSince(text: string, now: number = Date.now()): number {
  const seconds = durationSeconds(text)
  if (seconds !== undefined) return now - seconds * 1_000
  const [, day = ''] = /^(\d{4}-\d{2}-\d{2})(?:T\S+)?$/.exec(text) ?? []
  const time = day === '' ? Number.NaN : Date.parse(text)
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(time) || !new Date(day).toISOString().startsWith(day))
    throw new UsageError(`--since must be a date such as 2026-11-20, or 90m, 24h or 7d, not ${text}`)
  return time
}
