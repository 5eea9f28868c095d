import { expect, test } from 'vitest'
import { RateLimiter } from './rate.ts'

const limiterAt = (perSecond: number) => {
  const clock = { ms: 5_000 }
  return { clock, limiter: new RateLimiter(perSecond, () => clock.ms) }
}

test('a key gets its units once a second, counted from its first', () => {
  const { clock, limiter } = limiterAt(3)
  expect(limiter.take('a', 2)).toEqual({ granted: 2, remaining: 1, resetMs: 1_000 })
  clock.ms += 999
  expect(limiter.take('a', 2)).toEqual({ granted: 1, remaining: 0, resetMs: 1 })
  expect(limiter.take('a', 1)).toEqual({ granted: 0, remaining: 0, resetMs: 1 })
  clock.ms += 1
  expect(limiter.take('a', 1)).toEqual({ granted: 1, remaining: 2, resetMs: 1_000 })
})

test('one key’s units are nobody else’s', () => {
  const { limiter } = limiterAt(1)
  expect(limiter.take('a', 1).granted).toBe(1)
  expect(limiter.take('b', 1).granted).toBe(1)
})

test('a window is kept for its whole second, however many other keys come and go', () => {
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
