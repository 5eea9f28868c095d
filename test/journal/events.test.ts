import { type CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EventFilter, listEvents } from '../../src/journal/events.ts'
import { openTestJournal } from '../support/journal.ts'
import { type DatabaseKind, databases } from '../support/new-database.ts'

type TestJournal = Awaited<ReturnType<typeof openTestJournal>>

/** 50,000 changes of 50 agencies with an account each, a start and an end a change. */
async function fill({ database }: TestJournal, kind: DatabaseKind): Promise<void> {
  await sql`insert into agencies (id, name, created_at) values ('ag_7', 'Seven', 0)`.execute(database)
  await sql`insert into api_keys (id, agency_id, name, hash, hint, created_at) values ('key_7', 'ag_7', '', '', '', 0)`.execute(
    database,
  )
  // In parts, each within the time that a statement may take.
  for (let first = 0; first < 100_000; first += 5_000) {
    await sql`
    insert into events (id, at, mode, actor, type, change_id, agency_id, account_id, key_id, request_id, idempotency_key,
      object_id, outcome)
    with recursive n (i) as (select cast(${first} as integer) union all select i + 1 from n where i < cast(${first + 4_999} as integer))
    select 'evt_' || i, 1800000000000 + i, 'sandbox', 'api_key',
      case when i % 2 = 0 then 'coupon.create.started' else 'coupon.create.ended' end,
      'chg_' || (i / 2),
      case when i % 2 = 0 then 'ag_' || (i / 2 % 50) end,
      case when i % 2 = 0 then 'acct_' || (i / 2 % 50) end,
      case when i % 2 = 0 then 'key_' || (i / 2 % 50) end,
      case when i % 2 = 0 then 'req_' || (i / 2) end,
      case when i % 2 = 0 then 'order-' || (i / 2) end,
      case when i % 2 = 1 then 'OBJ' || (i / 2) end,
      case when i % 2 = 1 then 'applied' end
    from n`.execute(database)
  }
  // As PostgreSQL does by itself. SQLite does not, and plans without figures.
  if (kind === 'postgres') await sql`analyze`.execute(database)
}

const account = { agencyId: 'ag_7', accountId: 'acct_7', accountsAmong: ['acct_7'] }
const lookUps: [string, EventFilter][] = [
  ['an object', { objectId: 'OBJ20007', ...account }],
  ['a request', { requestId: 'req_20007', ...account }],
  ['an Idempotency-Key', { idempotencyKey: 'order-20007', ...account }],
  ['an object that a key asked for', { objectId: 'OBJ20007', keyId: 'key_7' }],
]
const filters: [string, EventFilter][] = [
  ['an agency', { agencyId: 'ag_7' }],
  ['an account', { accountId: 'acct_7' }],
  ['an object', { objectId: 'OBJ20007' }],
  ['an object of an agency', { objectId: 'OBJ20007', agencyId: 'ag_7' }],
  ['a key', { keyId: 'key_7' }],
  ['a request', { requestId: 'req_20007' }],
  ['an Idempotency-Key', { idempotencyKey: 'order-20007' }],
  ['a time', { since: 1_800_000_099_000 }],
  ['an agency since a time', { agencyId: 'ag_7', since: 1_800_000_099_000 }],
  ['what has no answer in an hour', { since: 1_800_000_099_000, until: 1_800_000_099_900, isUnanswered: true }],
  ['nothing', {}],
]

describe.each(databases)('a journal of 100,000 events, on %s', (kind) => {
  let opened: TestJournal
  beforeAll(async () => {
    opened = await openTestJournal(kind)
    await fill(opened, kind)
  })
  afterAll(() => opened.close())

  /** The plan of the query that a list makes. */
  const planOf = async (filter: EventFilter): Promise<string> => {
    const { database } = opened
    const seen: CompiledQuery[] = []
    const watched = database.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => result,
    })
    const executor = watched.getExecutor()
    const compile = executor.compileQuery.bind(executor)
    executor.compileQuery = (...args: Parameters<typeof compile>) => {
      const compiled = compile(...args)
      seen.push(compiled)
      return compiled
    }
    await listEvents(watched, filter, 50)
    const [query] = seen
    if (!query) throw new Error('No query was made.')
    const explain = kind === 'sqlite' ? 'explain query plan ' : 'explain '
    const { rows } = await database.executeQuery({ ...query, sql: explain + query.sql })
    return JSON.stringify(rows)
  }

  test.each(filters)('finds the events of %s by an index', async (_, filter) => {
    expect(await planOf(filter)).not.toMatch(
      /Seq Scan on events|SCAN (?!start USING INDEX)(start|end|settled|named|first)/,
    )
  })

  test.each(lookUps)('looks %s up without going through the events of its agency or account', async (_, filter) => {
    expect(await planOf(filter)).not.toMatch(/events_agency|events_account|events_at/)
    expect(await listEvents(opened.database, filter, 50)).toHaveLength(1)
  })

  test.each<[string, EventFilter]>([
    ['an account', { agencyId: 'ag_7', accountId: 'acct_8' }],
    ['a key', { agencyId: 'ag_7', keyId: 'key_8' }],
  ])('goes through the asking agency’s own events for %s, which may be another agency’s', async (_, filter) => {
    const plan = await planOf(filter)
    expect(plan).toMatch(/events_agency|events_at/)
    expect(plan).not.toMatch(/events_account|api_keys/)
  })

  test.each(filters)('gives what the filter asks for: %s', async (_, filter) => {
    const found = await listEvents(opened.database, filter, 50)
    for (const event of found) {
      if (filter.agencyId !== undefined) expect(event.agencyId).toBe(filter.agencyId)
      if (filter.accountId !== undefined) expect(event.accountId).toBe(filter.accountId)
      if (filter.keyId !== undefined) expect(event.keyId).toBe(filter.keyId)
      if (filter.since !== undefined) expect(event.at).toBeGreaterThanOrEqual(filter.since)
    }
    const one = filter.objectId ?? filter.requestId ?? filter.idempotencyKey
    if (one !== undefined) expect(found.map(({ objectId }) => objectId)).toEqual(['OBJ20007'])
    expect(found.length > 0).toBe(filter.isUnanswered !== true)
  })
})
