import type { Clock } from '../lib/clock.ts'
import { doublingMs } from '../lib/doubling.ts'

const delayMinMs = 1_000
const delayMaxMs = 30_000

/** Milliseconds to wait after this many consecutive failures: doubles from one second up to half a minute. */
export function backoffMs(tries: number): number {
  return doublingMs(tries, delayMinMs, delayMaxMs)
}

/** A backoff shared by concurrent calls. Failures during it, of calls that were begun before, do not prolong it. */
export function createSharedBackoff({ now }: Pick<Clock, 'now'>) {
  let tries = 0
  let until = -Infinity
  return {
    fail(): void {
      if (now() < until) return
      tries += 1
      until = now() + backoffMs(tries)
    },

    /** A success that was begun before a failure does not end the backoff, but the next one is short again. */
    succeed(): void {
      tries = 0
    },

    msLeft(): number {
      return Math.max(0, until - now())
    },
  }
}
