import { connect } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isDatabaseError } from './errors.ts'
import { waitForDatabase } from './wait.ts'

const clock = { now: () => 0, sleep: async () => {} }

test('a PostgreSQL whose socket is not there yet is waited for, and its absence is the database’s fault', async () => {
  const [error]: Error[] = await once(connect('/nowhere/.s.PGSQL.5432'), 'error').catch((cause: unknown) => [
    cause as Error,
  ])
  expect(error).toMatchObject({ code: 'ENOENT', syscall: 'connect' })
  expect(isDatabaseError(error)).toBe(true)
  const tries: number[] = []
  const open = async () => {
    if (tries.length < 2) throw error ?? expect.fail('no error')
  }
  await waitForDatabase(open, (_, count) => tries.push(count), clock)
  expect(tries).toEqual([1, 2])
})

test('a file that is not there is not', async () => {
  const error = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' })
  expect(isDatabaseError(error)).toBe(false)
  const open = async () => {
    throw error
  }
  await expect(waitForDatabase(open, () => {}, clock)).rejects.toBe(error)
})
