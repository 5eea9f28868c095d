import { UsageError } from './command.ts'

const secondsIn = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
])

/** Reads a duration such as `30d`, `24h`, `10m` or `60s`: in seconds. @throws UsageError that names the option */
export function readDuration(option: string, text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? []
  const seconds = Number(count) * (secondsIn.get(unit) ?? Number.NaN)
  if (Number.isNaN(seconds)) throw new UsageError(`--${option} takes a duration such as 30d, 24h, 10m or 60s.`)
  return seconds
}
