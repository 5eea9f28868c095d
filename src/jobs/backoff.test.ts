import { expect, test } from 'vitest'
import { createBackoff } from './backoff.ts'

test('waits longer each time, but never longer than half a minute', () => {
  const patience = createBackoff()
  expect([1, 2, 3, 4, 5, 6, 7].map((now) => patience.trouble(now))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ])
})

test('gives up after ten minutes of nothing but trouble', () => {
  const patience = createBackoff()
  patience.trouble(1_000)
  expect(patience.trouble(600_999)).toBeDefined()
  expect(patience.trouble(601_000)).toBe(undefined)
})

test('begins anew with every progress', () => {
  const patience = createBackoff()
  patience.trouble(0)
  patience.trouble(1)
  patience.progress()
  expect(patience.trouble(600_000)).toBe(1_000)
  expect(patience.trouble(1_199_999)).toBe(2_000)
})
