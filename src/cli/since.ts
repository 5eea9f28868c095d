import { UsageError } from './command.ts'

const unitsMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * The time that `--since` names, in milliseconds since 1970: a date (`2026-11-20`, `2026-11-20T08:00Z`) or how long ago
 * (`90m`, `24h`, `7d`). @throws UsageError
 */
export function parseSince(text: string, now: number = Date.now()): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined && unit !== undefined) return now - Number(count) * (unitsMs[unit] ?? 0)
  const [, day = ''] = /^(\d{4}-\d{2}-\d{2})(?:T\S+)?$/.exec(text) ?? []
  const time = day === '' ? Number.NaN : Date.parse(text)
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(time) || !new Date(day).toISOString().startsWith(day))
    throw new UsageError(`--since must be a date such as 2026-11-20, or 90m, 24h or 7d, not ${text}`)
  return time
}
