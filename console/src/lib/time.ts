import { locale } from './locale.ts'
const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

// In numbers alone: 47 hours from now is not always tomorrow, and 400 days not always next year.
const relative = new Intl.RelativeTimeFormat(locale)
const absolute = new Intl.DateTimeFormat(locale, {
  dateStyle: 'medium',
  timeStyle: 'short',
})
const absoluteUtc = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

/** A moment in Unix seconds, seen from another: `in 3 days`, `2 hours ago`, `now`. */
export function relativeTime(seconds: number, nowSeconds = Date.now() / 1000): string {
  const distance = seconds - nowSeconds
  const [unit, size] = units.find(([, length]) => Math.abs(distance) >= length) ?? []
  return unit && size ? relative.format(Math.trunc(distance / size), unit) : 'now'
}

/** Unix seconds as date and time in the reader's own zone. */
export function absoluteTime(seconds: number): string {
  return absolute.format(seconds * 1000)
}

export function utcTime(seconds: number): string {
  return `${absoluteUtc.format(seconds * 1000)} UTC`
}

/** The latest that a field for date and time takes; without it browsers take years of six digits, which are no time. */
export const latestTime = '9999-12-31T23:59'

/** A date and time in the reader's zone, in Unix seconds; undefined where nothing is chosen, NaN for what is no time. */
export function unixSecond(local: string): number | undefined {
  return local === '' ? undefined : Math.floor(new Date(local).getTime() / 1000)
}

/** The same in UTC and in Unix seconds, for people; undefined where nothing is chosen, and for what is no time. */
export function utcWords(local: string): string | undefined {
  const seconds = unixSecond(local)
  return seconds === undefined || Number.isNaN(seconds) ? undefined : `${utcTime(seconds)}, Unix second ${seconds}`
}

/** Unix seconds as the value of a field for date and time, which the browser shows in the reader's zone. */
export function localTime(seconds: number): string {
  const offsetMs = new Date(seconds * 1000).getTimezoneOffset() * 60_000
  return new Date(seconds * 1000 - offsetMs).toISOString().slice(0, 16)
}
