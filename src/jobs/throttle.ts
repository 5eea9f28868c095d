import { sleep } from '../lib/sleep.ts'

/** Lets its callers go on one by one, so many a second and evenly spaced: time that nobody used is not saved up. */
export function createThrottle(perSecond: number): (signal: AbortSignal) => Promise<void> {
  let freeAt = 0
  return async (signal) => {
    const now = performance.now()
    const turnAt = Math.max(freeAt, now)
    freeAt = turnAt + 1_000 / perSecond
    if (turnAt > now) await sleep(turnAt - now, signal)
  }
}
