import type { FastifyReply, FastifyRequest } from 'fastify'
import { beforeEach, expect, test } from 'vitest'
import { openTestDatabase } from '../../test/support/database.ts'
import type { Database } from '../database/database.ts'
import { createGuard } from './guard.ts'
import type { KeySource } from './key.ts'

const making = { account: { agencyId: 'ag_1', id: 'acct_1' }, operation: 'coupon.create', fields: { a: 1 } }
const minute = 60_000
const day = 24 * 60 * minute

let database: Database
let clock: number
let guard: ReturnType<typeof createGuard>
beforeEach(async () => {
  database = await openTestDatabase('sqlite')
  clock = 100 * day
  guard = createGuard(database, 'test', () => clock)
})

type Sent = {
  header?: string | undefined
  secondsOfKey?: number | undefined
  keySource?: KeySource
  what?: typeof making
}

/** The Idempotency-Key of a request that came with none, and what the answer says of it. */
const ask = async ({ header, secondsOfKey, keySource = 'generated', what = making }: Sent = {}, by = guard) => {
  const request = { headers: { 'idempotency-guard': header }, keySource, idempotencyKey: 'own' }
  const told: unknown[] = []
  const reply = { header: (...named: unknown[]) => void told.push(named) }
  await by(request as unknown as FastifyRequest, reply as unknown as FastifyReply, secondsOfKey, what)
  return { key: request.idempotencyKey, source: request.keySource, told }
}
const keyOf = async (sent?: Sent, by?: typeof guard) => (await ask(sent, by)).key
const own = { key: 'own', source: 'generated', told: [] }

test('a request is guarded where it or its API key asks for it, and its answer says under which key', async () => {
  expect(await ask()).toEqual(own)
  for (const sent of [{ header: '60' }, { secondsOfKey: 60 }]) {
    const { key, source, told } = await ask(sent)
    expect(key).toMatch(/^guard_[0-9a-f-]{36}$/)
    expect(source).toBe('guard')
    expect(told).toEqual([['idempotency-key', key]])
  }
})

test('a caller’s own Idempotency-Key is left', async () => {
  expect(await ask({ header: '60', keySource: 'caller' })).toEqual({ ...own, source: 'caller' })
})

test('equal requests get one key for as long as the window runs, and then another', async () => {
  const first = await keyOf({ header: '60' })
  clock += minute - 1
  expect(await keyOf({ header: '60' })).toBe(first)
  clock += 1
  const second = await keyOf({ header: '60' })
  expect(second).not.toBe(first)
  clock += minute - 1
  expect(await keyOf({ header: '60' })).toBe(second)
})

test('the window of the request goes before that of its API key', async () => {
  const first = await keyOf({ secondsOfKey: 120 })
  clock += minute
  expect(await keyOf({ secondsOfKey: 120 })).toBe(first)
  expect(await keyOf({ header: '60', secondsOfKey: 120 })).not.toBe(first)
})

test.each([
  ['agency', { ...making, account: { agencyId: 'ag_2', id: 'acct_1' } }],
  ['account', { ...making, account: { agencyId: 'ag_1', id: 'acct_2' } }],
  ['operation', { ...making, operation: 'promotion_code.create' }],
  ['field', { ...making, fields: { a: 2 } }],
])('a request of another %s has another key', async (_, what) => {
  expect(await keyOf({ header: '60', what })).not.toBe(await keyOf({ header: '60' }))
})

test('a request in another mode has another key', async () => {
  const live = createGuard(database, 'live', () => clock)
  expect(await keyOf({ header: '60' }, live)).not.toBe(await keyOf({ header: '60' }))
})

test('a window may be a day long, and what is older is kept no longer', async () => {
  const first = await keyOf({ header: '86400' })
  clock += day - 1
  const other = { ...making, operation: 'promotion_code.create' }
  await keyOf({ header: '1', what: other })
  expect(await keyOf({ header: '86400' })).toBe(first)
  clock += 1
  await keyOf({ header: '1', what: other })
  const left = await database.selectFrom('guards').select('started_at').execute()
  expect(left).toEqual([{ started_at: clock - 1 }])
})

test('a window that began before the clock was set back is over, unless clocks differ by as much', async () => {
  const first = await keyOf({ header: '60' })
  clock -= 5 * minute
  expect(await keyOf({ header: '60' })).toBe(first)
  clock -= 1
  const other = { ...making, operation: 'promotion_code.create' }
  await keyOf({ header: '60', what: other })
  const left = await database.selectFrom('guards').select('started_at').execute()
  expect(left).toEqual([{ started_at: clock }])
  expect(await keyOf({ header: '60' })).not.toBe(first)
})

test.each(['0', '01', '86401', '100000', '-1', '1.5', ' 1', '1s', '', 'x'])('%j is no window', async (header) => {
  await expect(ask({ header, secondsOfKey: 60 })).rejects.toMatchObject({
    code: 'invalid_request',
    param: 'Idempotency-Guard',
    message: 'The Idempotency-Guard header must be a number of seconds from 1 to 86400.',
  })
})

test('without the database nothing is made', async () => {
  await database.schema.alterTable('guards').renameTo('away').execute()
  await expect(ask({ header: '60' })).rejects.toMatchObject({ code: 'unavailable', outcome: 'not_applied' })
  expect(await ask()).toEqual(own)
})
