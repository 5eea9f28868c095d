import { expect, test } from 'vitest'
import { RateLimiter } from './rate.ts'

const limiterAt = (perSecond: number) => {
  const clock = { ms: 5_000 }
  return { clock, limiter: new RateLimiter(perSecond, () => clock.ms) }
}

test('a key gets its units at once, and then one by one', () => {
  const { clock, limiter } = limiterAt(4)
  expect(limiter.take('a', 3)).toEqual({ granted: 3, remaining: 1, resetMs: 750 })
  expect(limiter.take('a', 3)).toEqual({ granted: 1, remaining: 0, resetMs: 1_000 })
  clock.ms += 249
  expect(limiter.take('a', 1)).toEqual({ granted: 0, remaining: 0, resetMs: 751 })
  clock.ms += 1
  expect(limiter.take('a', 4)).toEqual({ granted: 1, remaining: 0, resetMs: 1_000 })
  clock.ms += 999
  expect(limiter.take('a', 0)).toEqual({ granted: 0, remaining: 3, resetMs: 1 })
  clock.ms += 5_000
  expect(limiter.take('a', 0)).toEqual({ granted: 0, remaining: 4, resetMs: 0 })
})

test('a second brings as many units as it should, however they are asked for', () => {
  const { clock, limiter } = limiterAt(300)
  limiter.take('a', 300)
  let granted = 0
  for (let ms = 0; ms < 1_000; ms += 1) {
    clock.ms += 1
    granted += limiter.take('a', 5).granted
  }
  expect(granted).toBe(300)
})

test('one key’s units are nobody else’s', () => {
  const { limiter } = limiterAt(1)
  expect(limiter.take('a', 1).granted).toBe(1)
  expect(limiter.take('b', 1).granted).toBe(1)
})

test('what is missing is kept until it is back, however many other keys come and go', () => {
  const { clock, limiter } = limiterAt(1)
  limiter.take('other', 1)
  clock.ms += 700
  limiter.take('a', 1)
  for (const step of [300, 300, 300]) {
    clock.ms += step
    limiter.take(`other${clock.ms}`, 1)
    expect(limiter.take('a', 1).granted).toBe(0)
  }
  clock.ms += 100
  expect(limiter.take('a', 1).granted).toBe(1)
})

test('what is given back can be taken again, and is never more than there was', () => {
  const { limiter } = limiterAt(1)
  limiter.take('a', 1)
  limiter.refund('a')
  limiter.refund('a')
  expect(limiter.take('a', 5).granted).toBe(1)
})
