import type { Clock } from '../../src/lib/clock.ts'
import { sleep } from '../../src/lib/sleep.ts'

/** A clock that stands still until the test advances it. */
export function createManualClock() {
  let now = 0
  const sleepers = new Map<() => void, number>()
  return {
    now: () => now,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const wake = () => {
          sleepers.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        if (signal.aborted || ms <= 0) return resolve()
        sleepers.set(wake, now + ms)
        signal.addEventListener('abort', wake)
      }),
    advance(ms: number): void {
      now += ms
      for (const [wake, at] of sleepers) if (at <= now) wake()
    },
  }
}

/** A clock on which time passes so many times as fast. */
export function createFastClock(factor: number): Clock {
  return {
    now: () => performance.now() * factor,
    sleep: (ms, signal) => sleep(ms / factor, signal),
  }
}
