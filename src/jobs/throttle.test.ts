import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/clock.ts'
import { createThrottle } from './throttle.ts'

const never = new AbortController().signal

/** When each of so many callers that come at once is let through. */
async function passes(perSecond: number, count: number, startMs = 0): Promise<number[]> {
  const clock = createManualClock()
  clock.advance(startMs)
  const throttle = createThrottle(perSecond, clock)
  const times: number[] = []
  const callers = Array.from({ length: count }, async () => {
    await throttle(never)
    times.push(clock.now() - startMs)
  })
  await turnOfTheLoop()
  while (times.length < count) {
    clock.advance(1)
    await turnOfTheLoop()
  }
  await Promise.all(callers)
  return times
}

test('callers go on evenly spaced', async () => {
  const times = await passes(20, 5)
  expect(times).toEqual([0, 50, 100, 150, 200])
})

test('time that nobody used is not saved up', async () => {
  const times = await passes(20, 3, 10_000)
  expect(times).toEqual([0, 50, 100])
})

test('nobody waits where there is no limit, not even for a timer', async () => {
  const sleep = () => Promise.reject(new Error('It slept.'))
  const throttle = createThrottle(Infinity, { now: () => 0, sleep })
  for (const _ of [1, 2, 3]) await expect(throttle(never)).resolves.toBe(undefined)
})
