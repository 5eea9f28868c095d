import type { Clock } from '../lib/clock.ts'

/** Delays its callers so that they continue evenly spaced, at most `perSecond` a second; unused time does not accumulate. */
export function createThrottle(perSecond: number, clock: Clock): (signal: AbortSignal) => Promise<void> {
  let freeAt = 0
  return async (signal) => {
    const now = clock.now()
    const turnAt = Math.max(freeAt, now)
    freeAt = turnAt + 1_000 / perSecond
    if (turnAt > now) await clock.sleep(turnAt - now, signal)
  }
}
