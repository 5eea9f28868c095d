import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestJournal } from '../../test/support/journal.ts'
import { type EventFilter, findEvents, listEvents } from './events.ts'
import type { NewEvent } from './journal.ts'

let opened: Awaited<ReturnType<typeof openTestJournal>>
beforeAll(async () => {
  opened = await openTestJournal('sqlite')
})
afterAll(() => opened.close())

let written = 0
beforeEach(async () => {
  written = 0
  await opened.database.deleteFrom('events').execute()
})

type Row = Partial<NewEvent> & { type: string; id?: string; at?: number; mode?: 'sandbox' | 'live' | null }

/** Writes one event as it stands; those without a time are a second apart. */
const write = async ({ at, mode = 'sandbox', ...row }: Row) => {
  written += 1
  const event = { id: `evt_${written}`, at: at ?? written * 1_000, mode, actor: 'api_key' as const, ...row }
  await opened.database.insertInto('events').values(event).execute()
}
/** A change under this id, with an end where it has an outcome. */
const change = async (id: string, { outcome, ...row }: Partial<Row> = {}) => {
  await write({ type: 'coupon.create.started', change_id: id, ...row })
  if (outcome != null) await write({ type: 'coupon.create.ended', change_id: id, outcome })
}
const settle = (id: string, row: Partial<Row>) => write({ type: 'coupon.create.settled', change_id: id, ...row })
const ids = async (filter: EventFilter = {}, limit = 9, after?: Parameters<typeof listEvents>[3]) =>
  (await listEvents(opened.database, filter, limit, after)).map(({ id }) => id)

describe('a change is told whole', () => {
  const start = {
    type: 'coupon.create.started',
    change_id: 'chg_1',
    agency_id: 'ag_1',
    account_id: 'acct_1',
    key_id: 'key_1',
    request_id: 'req_1',
    address: '192.0.2.1',
    idempotency_key: 'order-1',
    key_source: 'caller' as const,
    request_digest: 'words',
    terms: '{}',
  }
  const told = {
    id: 'chg_1',
    type: 'coupon.create',
    isChange: true,
    at: 1_000,
    mode: 'sandbox',
    agencyId: 'ag_1',
    accountId: 'acct_1',
    keyId: 'key_1',
    actor: 'api_key',
    requestId: 'req_1',
    address: '192.0.2.1',
    idempotencyKey: 'order-1',
    keySource: 'caller',
    requestDigest: 'words',
    terms: '{}',
    objectId: null,
    outcome: null,
    code: null,
    message: null,
    stripeRequestId: null,
    endedAt: null,
    settledAt: null,
    toldAfter: null,
  }
  const end = { code: 'rate_limited', message: 'Slower.', object_id: 'TEN', stripe_request_id: 'req_stripe' }
  const seen = { code: 'rate_limited', message: 'Slower.', objectId: 'TEN', stripeRequestId: 'req_stripe' }
  const found = { outcome: 'applied' as const, message: 'Stripe has TEN.', object_id: 'FOUND' }
  /** With how many events it took to tell its outcome. */
  const one = async () =>
    (await listEvents(opened.database, {}, 9)).map(({ seq, toldSeq, ...event }) => ({
      ...event,
      toldAfter: toldSeq === null ? null : toldSeq - seq,
    }))

  test('from its start, as long as it has no end', async () => {
    await write(start)
    expect(await one()).toEqual([told])
  })

  test('from its start and its end', async () => {
    await write(start)
    await write({ type: 'coupon.create.ended', change_id: 'chg_1', outcome: 'not_applied', ...end })
    expect(await one()).toEqual([{ ...told, ...seen, outcome: 'not_applied', endedAt: 2_000, toldAfter: 1 }])
  })

  test('with what settling found, where it has no end', async () => {
    await write(start)
    await settle('chg_1', found)
    const settled = {
      outcome: 'applied',
      message: 'Stripe has TEN.',
      objectId: 'FOUND',
      settledAt: 2_000,
      toldAfter: 1,
    }
    expect(await one()).toEqual([{ ...told, ...settled }])
  })

  test('with what settling found, where its end was unclear', async () => {
    await write(start)
    await write({ type: 'coupon.create.ended', change_id: 'chg_1', outcome: 'unknown', ...end })
    await settle('chg_1', found)
    const settled = { outcome: 'applied', message: 'Stripe has TEN.', endedAt: 2_000, settledAt: 3_000, toldAfter: 2 }
    expect(await one()).toEqual([{ ...told, ...seen, ...settled }])
  })

  test('with what the server saw itself, where that was clear', async () => {
    await write(start)
    await write({ type: 'coupon.create.ended', change_id: 'chg_1', outcome: 'not_applied', ...end })
    await settle('chg_1', found)
    expect(await one()).toEqual([{ ...told, ...seen, outcome: 'not_applied', endedAt: 2_000, toldAfter: 1 }])
  })

  test('and an end of another change, or of another kind, is not its own', async () => {
    await write(start)
    await write({ type: 'coupon.create.ended', change_id: 'chg_2', outcome: 'applied' })
    await write({ type: 'coupon.delete.ended', change_id: 'chg_1', outcome: 'applied' })
    await write({ type: 'coupon.delete.settled', change_id: 'chg_1', outcome: 'applied' })
    expect(await one()).toEqual([told])
  })
})

test('what is no change is told under its own id, with its own outcome', async () => {
  await write({
    type: 'request.refused',
    outcome: 'not_applied',
    code: 'invalid_request',
    message: 'No.',
    object_id: 'X',
  })
  await write({ type: 'api_key.created', stripe_request_id: 'req_s' })
  expect(await listEvents(opened.database, {}, 9)).toMatchObject([
    { id: 'evt_2', type: 'api_key.created', isChange: false, stripeRequestId: 'req_s' },
    { id: 'evt_1', isChange: false, outcome: 'not_applied', code: 'invalid_request', message: 'No.', objectId: 'X' },
  ])
})

test.each<[keyof EventFilter, EventFilter, Partial<Row>, Partial<Row>]>([
  ['mode', { mode: 'live' }, { mode: 'live' }, {}],
  ['agencyId', { agencyId: 'ag_1' }, { agency_id: 'ag_1' }, { agency_id: 'ag_2' }],
  ['accountId', { accountId: 'acct_1' }, { account_id: 'acct_1' }, { account_id: 'acct_2' }],
  ['accountsAmong', { accountsAmong: ['acct_0', 'acct_1'] }, { account_id: 'acct_1' }, { account_id: 'acct_2' }],
  ['type', { type: 'coupon.update' }, { type: 'coupon.update.started' }, {}],
  ['requestId', { requestId: 'req_1' }, { request_id: 'req_1' }, { request_id: 'req_2' }],
  ['idempotencyKey', { idempotencyKey: 'one' }, { idempotency_key: 'one' }, { idempotency_key: 'two' }],
  ['since', { since: 5_000 }, { at: 5_000 }, { at: 4_999 }],
  ['until', { until: 5_000 }, { at: 5_000 }, { at: 5_001 }],
  ['objectId', { objectId: 'TEN' }, { object_id: 'TEN' }, { object_id: 'ELEVEN' }],
])('the filter %s passes what it asks for and nothing else', async (_, filter, passes, other) => {
  await change('chg_passes', passes)
  await change('chg_other', other)
  expect(await ids(filter)).toEqual(['chg_passes'])
  expect((await ids()).toSorted()).toEqual(['chg_other', 'chg_passes'])
})

test('the events of a key are those that it asked for in its agency', async () => {
  const { database } = opened
  await database.insertInto('agencies').values({ id: 'ag_1', name: 'One', created_at: 1 }).execute()
  const key = { id: 'key_1', agency_id: 'ag_1', name: '', hash: 'hash', hint: '', created_at: 1 }
  await database.insertInto('api_keys').values(key).execute()
  await change('chg_1', { key_id: 'key_1', agency_id: 'ag_1' })
  await change('chg_2', { key_id: 'key_2', agency_id: 'ag_1' })
  await change('chg_3', { key_id: 'key_1', agency_id: 'ag_2' })
  expect(await ids({ keyId: 'key_1' })).toEqual(['chg_1'])
})

test('what has to do with an object is found by every event that names it, however long its name is', async () => {
  for (const name of ['TEN', 'x'.repeat(500), 'x'.repeat(501)]) {
    await opened.database.deleteFrom('events').execute()
    await change('chg_1')
    await write({ type: 'coupon.create.ended', change_id: 'chg_1', outcome: 'applied', object_id: name })
    await change('chg_2')
    await settle('chg_2', { outcome: 'applied', object_id: name })
    await write({ type: 'api_key.created', object_id: name, id: 'evt_key' })
    await change('chg_other')
    expect(await ids({ objectId: name })).toEqual(['evt_key', 'chg_2', 'chg_1'])
  }
})

test('open are the changes of which neither their end nor settling could tell the outcome', async () => {
  for (const end of [null, 'unknown', 'applied'] as const) {
    for (const settled of [null, 'unknown', 'not_applied'] as const) {
      const id = `chg_${end}_${settled}`
      await change(id, { outcome: end })
      if (settled !== null) await settle(id, { outcome: settled })
    }
  }
  await write({ type: 'api_key.created' })
  expect(await ids({ isOpen: true })).toEqual([
    'chg_unknown_unknown',
    'chg_unknown_null',
    'chg_null_unknown',
    'chg_null_null',
  ])
})

test('unanswered are the changes without a clear end that settling has not looked at', async () => {
  await change('chg_open')
  await change('chg_unclear', { outcome: 'unknown' })
  await change('chg_applied', { outcome: 'applied' })
  await change('chg_settled')
  await settle('chg_settled', { outcome: 'unknown' })
  await write({ type: 'api_key.created' })
  expect(await ids({ isUnanswered: true })).toEqual(['chg_unclear', 'chg_open'])
  expect(await ids({ isUnanswered: false })).toHaveLength(5)
})

test('a list goes on after a position: newest first, and of one moment the last written first', async () => {
  for (const id of ['chg_1', 'chg_2', 'chg_3']) await change(id, { at: 5_000, outcome: 'applied', agency_id: 'ag_1' })
  await change('chg_4', { at: 4_000, agency_id: 'ag_1' })
  await change('chg_5', { at: 6_000, agency_id: 'ag_1' })
  await write({ type: 'api_key.created', at: 5_000, agency_id: 'ag_1', id: 'evt_key' })
  const all = ['chg_5', 'evt_key', 'chg_3', 'chg_2', 'chg_1', 'chg_4']
  expect(await ids()).toEqual(all)
  expect(await ids({}, 2)).toEqual(all.slice(0, 2))
  for (const filter of [{}, { agencyId: 'ag_1' }]) {
    expect(await ids(filter, 9, { at: 5_000, id: 'chg_3' })).toEqual(all.slice(3))
    expect(await ids(filter, 9, { at: 5_000, id: 'evt_key' })).toEqual(all.slice(2))
    expect(await ids(filter, 2, { at: 6_000, id: 'chg_5' })).toEqual(all.slice(1, 3))
  }
})

test('another agency’s event, or one that retention has removed, is no position within its moment', async () => {
  await change('chg_1', { at: 5_000, agency_id: 'ag_1' })
  await change('chg_2', { at: 5_000, agency_id: 'ag_2' })
  await change('chg_3', { at: 4_000, agency_id: 'ag_1' })
  expect(await ids({ agencyId: 'ag_1' }, 9, { at: 5_000, id: 'chg_2' })).toEqual(['chg_3'])
  expect(await ids({ agencyId: 'ag_1' }, 9, { at: 5_000, id: 'chg_gone' })).toEqual(['chg_3'])
})

test('an event is found by the id of its change, its request or its own', async () => {
  await change('chg_1', { request_id: 'req_1', outcome: 'applied' })
  await change('chg_2', { request_id: 'req_1' })
  await write({ type: 'request.refused', request_id: 'req_2', id: 'evt_refused' })
  const found = async (id: string) => (await findEvents(opened.database, id)).map((event) => event.id)
  expect(await found('req_1')).toEqual(['chg_1', 'chg_2'])
  expect(await found('chg_1')).toEqual(['chg_1'])
  expect(await found('evt_2')).toEqual(['chg_1'])
  expect(await found('evt_refused')).toEqual(['evt_refused'])
  expect(await found('req_2')).toEqual(['evt_refused'])
  for (const id of ['req_none', 'chg_none', 'evt_none', 'none']) expect(await found(id), id).toEqual([])
})
