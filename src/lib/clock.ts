import { sleep } from './sleep.ts'

/** Durations are measured on a monotonic clock, because the wall clock can be set back or forward at any moment. */
export type Clock = {
  /** Milliseconds since some moment in the past; never runs backwards. */
  now: () => number
  /** Waits so many milliseconds; resolves earlier if the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const monotonicClock: Clock = { now: () => performance.now(), sleep }
