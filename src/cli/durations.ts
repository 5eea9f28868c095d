import { UsageError } from './command.ts'

const secondsIn = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
])

/** A duration such as `30d`, `24h`, `10m` or `60s` in seconds; undefined for what is none. */
export function durationSeconds(text: string): number | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * (secondsIn.get(unit) ?? 0)
}

/** Reads a duration: in seconds. @throws UsageError that names the option */
export function readDuration(option: string, text: string): number {
  const seconds = durationSeconds(text)
  if (seconds === undefined) throw new UsageError(`--${option} takes a duration such as 30d, 24h, 10m or 60s.`)
  return seconds
}
