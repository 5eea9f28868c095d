import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createPool } from './pool.ts'

/** A pool whose tasks the test ends one by one. */
function openPool(max: number) {
  const pool = createPool(max)
  const start = () => {
    const task = Promise.withResolvers<void>()
    pool.start(() => task.promise)
    return task
  }
  return { pool, start }
}

test('a pool is empty, then has room, then is full, and has room again when a task ends', async () => {
  const { pool, start } = openPool(2)
  const states = () => ({ isEmpty: pool.isEmpty(), isFull: pool.isFull() })
  expect(states()).toEqual({ isEmpty: true, isFull: false })
  const first = start()
  expect(states()).toEqual({ isEmpty: false, isFull: false })
  start()
  expect(states()).toEqual({ isEmpty: false, isFull: true })
  first.resolve()
  await pool.oneEnds()
  expect(states()).toEqual({ isEmpty: false, isFull: false })
})

test('a task that fails makes room as well, and its failure is kept', async () => {
  const { pool, start } = openPool(1)
  const task = start()
  expect(pool.hasFailed()).toBe(false)
  expect(() => pool.throwFailure()).not.toThrow()
  task.reject(new Error('Failed.'))
  await pool.oneEnds()
  expect([pool.isEmpty(), pool.hasFailed()]).toEqual([true, true])
  expect(() => pool.throwFailure()).toThrow(expect.objectContaining({ message: 'Failed.' }))
})

test('of several failures the first is kept', async () => {
  const { pool, start } = openPool(2)
  const [first, second] = [start(), start()]
  first.reject(new Error('The first.'))
  await pool.oneEnds()
  second.reject(new Error('The second.'))
  await pool.allEnd()
  expect(() => pool.throwFailure()).toThrow(expect.objectContaining({ message: 'The first.' }))
})

test('waiting for all takes until the last has ended, whatever became of the others', async () => {
  const { pool, start } = openPool(2)
  const [first, second] = [start(), start()]
  let haveAllEnded = false
  const all = pool.allEnd().then(() => (haveAllEnded = true))
  first.reject(new Error('Failed.'))
  await turnOfTheLoop()
  expect(haveAllEnded).toBe(false)
  second.resolve()
  await all
  expect(pool.isEmpty()).toBe(true)
})
