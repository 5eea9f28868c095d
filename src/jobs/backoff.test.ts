import { expect, test } from 'vitest'
import { backoffMs, createSharedBackoff } from './backoff.ts'

test('the delay doubles with every failed try, up to half a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 5_000].map(backoffMs)).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ])
})

/** A shared backoff on a clock that the test sets. */
function openShared() {
  const time = { now: 0 }
  return { time, shared: createSharedBackoff({ now: () => time.now }) }
}

test('a shared backoff lasts its delay, and twice as long after the next failure', () => {
  const { time, shared } = openShared()
  expect(shared.msLeft()).toBe(0)
  shared.fail()
  expect(shared.msLeft()).toBe(1_000)
  time.now = 999
  expect(shared.msLeft()).toBe(1)
  time.now = 1_000
  expect(shared.msLeft()).toBe(0)
  shared.fail()
  expect(shared.msLeft()).toBe(2_000)
})

test('failures of calls that were begun before do not prolong a shared backoff', () => {
  const { time, shared } = openShared()
  shared.fail()
  time.now = 500
  shared.fail()
  expect(shared.msLeft()).toBe(500)
})

test('a success makes the next delay short again, but does not end this one', () => {
  const { time, shared } = openShared()
  shared.fail()
  time.now = 1_000
  shared.fail()
  shared.succeed()
  expect(shared.msLeft()).toBe(2_000)
  time.now = 3_000
  shared.fail()
  expect(shared.msLeft()).toBe(1_000)
})
