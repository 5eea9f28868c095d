import type { FastifyRequest } from 'fastify'
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { openTestDatabase } from '../../test/support/database.ts'
import type { Database } from '../database/database.ts'
import { createJournal, type Journal } from '../journal/journal.ts'
import { Refusal } from '../lib/refusal.ts'
import { createEarlyRefusal } from './early-refusal.ts'

const limited = new Refusal('rate_limited', 'Slower.')
let database: Database
let journal: Journal

beforeEach(async () => {
  database = await openTestDatabase('sqlite')
  journal = createJournal(database, { mode: 'test', log: pino({ level: 'silent' }) })
  const ids = { agency_id: 'ag_1', account_id: 'acct_1', change_id: 'chg_1' }
  await journal.append({ actor: 'api_key', type: 'coupon.create.started', idempotency_key: 'order-1', ...ids })
  await journal.append({ actor: 'api_key', type: 'coupon.create.ended', outcome: 'applied', ...ids })
})

/** What the refusal needs to know of a retry of the one change that the journal has. */
type Retry = {
  schema?: { headers?: object }
  change?: string
  headers?: Record<string, string>
  params?: unknown
  caller?: { agencyId: string; bounds: { accounts?: string[] } } | null
  handling?: Promise<void> | null
}
const retry = ({ change = 'coupon.create', schema = { headers: {} }, ...other }: Retry = {}) =>
  ({
    routeOptions: { config: { change }, schema },
    headers: { 'idempotency-key': 'order-1' },
    params: { accountId: 'acct_1' },
    caller: { agencyId: 'ag_1', bounds: {} },
    handling: null,
    ...other,
  }) as unknown as FastifyRequest

test('a retry that is refused unread is told that an earlier request made the change', async () => {
  const refusal = await createEarlyRefusal(journal)(retry(), limited)
  expect(refusal).toMatchObject({ code: 'rate_limited', outcome: 'applied', retryable: true })
})

test('so is one that a freeze refuses, which no retry mends', async () => {
  const frozen = new Refusal('not_allowed', 'Frozen.')
  expect(await createEarlyRefusal(journal)(retry(), frozen)).toMatchObject({ code: 'not_allowed', outcome: 'applied' })
})

const refused = new Refusal('unauthenticated', 'No.')

test('where the API key does not work, nobody knows what was applied', async () => {
  expect(await createEarlyRefusal(journal)(retry({ caller: null }), refused)).toMatchObject({ outcome: 'unknown' })
})

test('nor where nothing is kept of earlier attempts', async () => {
  const request = { ...retry(), routeOptions: { config: {}, schema: { headers: {} } } } as unknown as FastifyRequest
  expect(await createEarlyRefusal(journal)(request, refused)).toMatchObject({ outcome: 'unknown' })
  expect(await createEarlyRefusal(journal)(request, limited)).toBe(limited)
})

test('one that stopped working while the body came is told what its agency did before', async () => {
  const complete = createEarlyRefusal(journal)
  expect(await complete(retry(), refused)).toMatchObject({ code: 'unauthenticated', outcome: 'applied' })
  expect(await complete(retry({ headers: { 'idempotency-key': 'order-2' } }), refused)).toBe(refused)
})

test('a DELETE, which takes no key, is left as it is', async () => {
  const removal = retry({ schema: {}, change: 'coupon.delete', caller: null })
  for (const refusal of [refused, limited]) expect(await createEarlyRefusal(journal)(removal, refusal)).toBe(refusal)
})

test.each<[string, Retry]>([
  ['a key that the journal does not have', { headers: { 'idempotency-key': 'order-2' } }],
  ['another account', { params: { accountId: 'acct_2' } }],
  ['a path without an account', { params: undefined }],
  ['another agency', { caller: { agencyId: 'ag_2', bounds: {} } }],
  ['another change', { change: 'coupon.update' }],
])('with %s nothing was applied', async (_, other) => {
  expect(await createEarlyRefusal(journal)(retry(other), limited)).toBe(limited)
})

test.each<[string, FastifyRequest, Refusal]>([
  ['a refusal that no retry mends', retry(), new Refusal('invalid_request', 'No.')],
  ['a request without a key', retry({ headers: {} }), limited],
  ['a request without a key whose API key does not work', retry({ headers: {}, caller: null }), refused],
  ['one whose handler has begun', retry({ handling: Promise.resolve() }), limited],
  ['one that says what became of it', retry(), new Refusal('internal', 'Oops.', { outcome: 'unknown' })],
])('%s is left as it is', async (_, request, refusal) => {
  expect(await createEarlyRefusal(journal)(request, refusal)).toBe(refusal)
})

test('a read is left as it is', async () => {
  const read = { ...retry(), routeOptions: { config: {} } } as unknown as FastifyRequest
  expect(await createEarlyRefusal(journal)(read, limited)).toBe(limited)
})

test('where nobody knows who is calling, nobody knows what was applied', async () => {
  expect(await createEarlyRefusal(journal)(retry({ caller: null }), limited)).toMatchObject({ outcome: 'unknown' })
})

test('nor does a key that may not see the account', async () => {
  const other = { agencyId: 'ag_1', bounds: { accounts: ['acct_2'] } }
  expect(await createEarlyRefusal(journal)(retry({ caller: other }), limited)).toMatchObject({ outcome: 'unknown' })
})

test('a key that is limited to accounts is told of its attempts on routes without one', async () => {
  const limitedKey = { agencyId: 'ag_1', bounds: { accounts: ['acct_2'] } }
  const findAttempts = async () => [{ outcome: 'applied' }]
  const request = {
    ...retry({ caller: limitedKey, params: {} }),
    routeOptions: { config: { findAttempts }, schema: { headers: {} } },
  }
  const refusal = await createEarlyRefusal(journal)(request as unknown as FastifyRequest, limited)
  expect(refusal).toMatchObject({ outcome: 'applied' })
})

test('nor where the journal cannot be read', async () => {
  await database.schema.alterTable('events').renameTo('away').execute()
  expect(await createEarlyRefusal(journal)(retry(), limited)).toMatchObject({ outcome: 'unknown' })
})

test('beyond so many look-ups at once there is none, and one that has ended makes room', async () => {
  const complete = createEarlyRefusal(journal, 1)
  const both = await Promise.all([complete(retry(), limited), complete(retry(), limited)])
  expect(both.map(({ outcome }) => outcome)).toEqual(['applied', 'unknown'])
  await database.schema.alterTable('events').renameTo('away').execute()
  await complete(retry(), limited)
  await database.schema.alterTable('away').renameTo('events').execute()
  expect(await complete(retry(), limited)).toMatchObject({ outcome: 'applied' })
})

test('unless told, ten look-ups may run at once', async () => {
  const complete = createEarlyRefusal(journal)
  const all = await Promise.all(Array.from({ length: 11 }, () => complete(retry(), limited)))
  expect(all.filter(({ outcome }) => outcome === 'applied')).toHaveLength(10)
})
