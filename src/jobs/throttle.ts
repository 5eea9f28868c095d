import type { Clock } from '../lib/clock.ts'

/** Lets its callers go on one by one, evenly spaced, at most `perSecond` a second; unused time is not saved up. */
export function createThrottle(perSecond: number, clock: Clock): (signal: AbortSignal) => Promise<void> {
  let freeAt = 0
  return async (signal) => {
    const now = clock.now()
    const turnAt = Math.max(freeAt, now)
    freeAt = turnAt + 1_000 / perSecond
    if (turnAt > now) await clock.sleep(turnAt - now, signal)
  }
}
