import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openTestDatabase } from '../../test/support/database.ts'
import { databases } from '../../test/support/new-database.ts'
import type { Database } from '../database/database.ts'
import { createLog } from '../http/log.ts'
import type { Mode } from '../lib/mode.ts'
import { createJournal, type Journal, type NewEvent } from './journal.ts'

let database: Database
let logged: { level: number; msg: string; event?: object }[]
let journal: Journal

const openJournal = (mode: Mode) => {
  const log = createLog('info', { write: (line: string) => void logged.push(JSON.parse(line)) })
  return createJournal(database, { mode, log })
}
const rename = (from: string, to: string) => database.schema.alterTable(from).renameTo(to).execute()
const events = async () => await database.selectFrom('events').selectAll().orderBy('seq').execute()

beforeEach(async () => {
  database = await openTestDatabase('sqlite')
  logged = []
  journal = openJournal('test')
})

const account = { agencyId: 'ag_1', id: 'acct_1' }
const start = (more: Partial<NewEvent> = {}): NewEvent => ({
  actor: 'api_key',
  type: 'coupon.create.started',
  agency_id: 'ag_1',
  account_id: 'acct_1',
  idempotency_key: 'order-1',
  change_id: 'chg_1',
  ...more,
})
const end = (more: Partial<NewEvent> = {}) => start({ type: 'coupon.create.ended', idempotency_key: null, ...more })

test('an event is on disk once it is appended, with an id, its time and the mode; what is left out is null', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 5_000_000_000_000 })
  onTestFinished(() => void vi.useRealTimers())
  await journal.append({ actor: 'worker', type: 'coupon.create.started', object_id: 'TEN' })
  const [event, ...others] = await events()
  expect(others).toEqual([])
  expect(event).toMatchObject({ id: expect.stringMatching(/^evt_/), at: 5_000_000_000_000, mode: 'test' })
  const { seq: _, id: _id, at: _at, mode: _mode, ...rest } = event ?? {}
  const given = Object.entries(rest).filter(([, value]) => value !== null)
  expect(Object.fromEntries(given)).toEqual({ actor: 'worker', type: 'coupon.create.started', object_id: 'TEN' })
})

test('an event that the database does not take fails the append', async () => {
  await rename('events', 'away')
  await expect(journal.append(start())).rejects.toThrow(/events/)
})

test('an event of a caller that hung up, whose address nobody knows any more, is written with its neighbours', async () => {
  const gone = start({ change_id: 'chg_2' })
  Reflect.set(gone, 'address', undefined)
  await Promise.all([journal.append(start({ address: '192.0.2.1' })), journal.append(gone)])
  expect((await events()).map(({ address }) => address)).toEqual(['192.0.2.1', null])
})

test('an event that is handed over is on disk after a flush', async () => {
  journal.appendEventually(start())
  journal.appendEventually(end({ outcome: 'applied' }))
  await journal.flush()
  expect((await events()).map(({ type }) => type)).toEqual(['coupon.create.started', 'coupon.create.ended'])
  expect(logged).toEqual([])
})

test('an event that cannot be written is logged whole, tried until it can be, and written once', async () => {
  await rename('events', 'away')
  journal.appendEventually(end({ object_id: 'TEN' }))
  await expect.poll(() => logged).toMatchObject([{ level: 50, event: { object_id: 'TEN', mode: 'test' } }])
  expect(logged[0]?.msg).toBe('an event could not be written to the journal; it will be tried again')
  await rename('away', 'events')
  await journal.flush()
  expect(await events()).toMatchObject([{ object_id: 'TEN' }])
  expect(logged).toHaveLength(1)
})

test('at the end of the process an event that still cannot be written is left to the log', async () => {
  await rename('events', 'away')
  journal.appendEventually(end({ object_id: 'TEN' }))
  await journal.close()
  expect(logged.map(({ level }) => level)).toEqual([50, 60])
  expect(logged[1]).toMatchObject({
    msg: 'an event is lost to the journal: the process ends',
    event: { object_id: 'TEN' },
  })
})

test.each(databases)('a sentence that repeats a NUL is written without it, on %s', async (kind) => {
  database = await openTestDatabase(kind)
  await openJournal('test').append(end({ message: 'a\0b' }))
  expect(await events()).toMatchObject([{ message: 'a\ufffdb' }])
})

test.runIf(databases.includes('postgres'))(
  'an event that PostgreSQL never takes is left to the log at once, and its neighbours are written',
  async () => {
    database = await openTestDatabase('postgres')
    const inPostgres = openJournal('test')
    inPostgres.appendEventually(end({ object_id: 'a\0b' }))
    inPostgres.appendEventually(end({ object_id: 'TEN' }))
    await inPostgres.flush()
    expect(await events()).toMatchObject([{ object_id: 'TEN' }])
    expect(logged).toMatchObject([{ level: 60, msg: expect.stringContaining('lost'), event: { object_id: 'a\0b' } }])
  },
)

test('at the end of the process what can be written is', async () => {
  journal.appendEventually(end())
  await journal.close()
  expect(await events()).toHaveLength(1)
  expect(logged).toEqual([])
})

const find = (key = 'order-1') => journal.findAttempts(account, 'coupon.create', key)

test('attempts come oldest first, with their terms, their digest and what became of each', async () => {
  await journal.append(start({ change_id: 'chg_2', terms: '{}', request_digest: 'd' }))
  await journal.append(start({ change_id: 'chg_1' }))
  await journal.append(end({ change_id: 'chg_2', outcome: 'unknown' }))
  expect(await find()).toEqual([
    { changeId: 'chg_2', requestDigest: 'd', terms: '{}', outcome: 'unknown', read: 2 },
    { changeId: 'chg_1', requestDigest: null, terms: null, outcome: null, read: 2 },
  ])
})

test('what settling found goes before an end that was unclear, and is of the same operation', async () => {
  await journal.append(start())
  await journal.append(end({ outcome: 'unknown' }))
  await journal.append(end({ type: 'coupon.update.settled', outcome: 'not_applied' }))
  expect(await find()).toMatchObject([{ outcome: 'unknown' }])
  await journal.append(end({ type: 'coupon.create.settled', outcome: 'applied' }))
  expect(await find()).toMatchObject([{ outcome: 'applied' }])
})

describe.each(databases)('an end that was clear, on %s', (kind) => {
  beforeEach(async () => {
    database = await openTestDatabase(kind)
    journal = openJournal('test')
  })

  test('goes before what settling found', async () => {
    await journal.append(start())
    await journal.append(end({ type: 'coupon.create.settled', outcome: 'not_applied' }))
    await journal.append(end({ outcome: 'applied' }))
    expect(await find()).toMatchObject([{ outcome: 'applied' }])
  })

  test('is what attempts are ordered by', async () => {
    await journal.append(start({ change_id: 'chg_1' }))
    await journal.append(end({ change_id: 'chg_1', type: 'coupon.create.settled', outcome: 'applied' }))
    await journal.append(end({ change_id: 'chg_1', outcome: 'not_applied' }))
    await journal.append(start({ change_id: 'chg_2' }))
    expect(await find()).toMatchObject([
      { changeId: 'chg_2', outcome: null },
      { changeId: 'chg_1', outcome: 'not_applied' },
    ])
  })
})

test.each<[string, Partial<NewEvent>]>([
  ['another key', { idempotency_key: 'order-2' }],
  ['another agency', { agency_id: 'ag_2' }],
  ['another account', { account_id: 'acct_2' }],
  ['another operation', { type: 'coupon.update.started' }],
])('an attempt under %s is none of this change', async (_, other) => {
  await journal.append(start(other))
  expect(await find()).toEqual([])
})

test('an attempt in another mode is none of this change', async () => {
  await openJournal('live').append(start())
  expect(await find()).toEqual([])
})

test('the end of another change, or of another kind, says nothing of an attempt', async () => {
  await journal.append(start())
  await journal.append(end({ change_id: 'chg_2', outcome: 'applied' }))
  await journal.append(end({ type: 'coupon.update.ended', outcome: 'applied' }))
  expect(await find()).toMatchObject([{ changeId: 'chg_1', outcome: null }])
})

test('of very many attempts the first fifty are told', async () => {
  await Promise.all(Array.from({ length: 51 }, (_, index) => journal.append(start({ change_id: `chg_${index}` }))))
  expect((await find()).map(({ changeId }) => changeId)).toEqual(
    Array.from({ length: 50 }, (_, index) => `chg_${index}`),
  )
})
