import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestJournal } from '../../test/support/journal.ts'
import { databases } from '../../test/support/new-database.ts'
import type { Position } from '../lib/cursor.ts'
import { type EventFilter, listEvents } from './events.ts'
import { listInSteps } from './list.ts'

const count = 20_000
const long = 'x'.repeat(501)

describe.each(databases)('a journal of many steps, on %s', (kind) => {
  let opened: Awaited<ReturnType<typeof openTestJournal>>
  beforeAll(async () => {
    opened = await openTestJournal(kind)
    const { database } = opened
    await database.insertInto('agencies').values({ id: 'ag_1', name: 'One', created_at: 1 }).execute()
    const key = { agency_id: 'ag_1', name: '', hint: '', created_at: 1 }
    const keys = ['key_1', 'key_idle'].map((id) => ({ ...key, id, hash: id }))
    await database.insertInto('api_keys').values(keys).execute()
    // Seven at a time, of which the first of each thousand names the long object; an end for every third.
    await sql`
      insert into events (id, at, mode, actor, type, change_id, agency_id, key_id, request_id, idempotency_key, object_id)
      with recursive n (i) as (select 0 union all select i + 1 from n where i < cast(${count - 1} as integer))
      select 'evt_' || i, 1800000000000 + i / 7, 'sandbox', 'api_key', 'coupon.update.started', 'chg_' || i,
        case when i % 10 = 9 then 'ag_2' else 'ag_1' end, 'key_1', 'req_' || i,
        case when i % 2 = 0 then 'often' else 'order-' || i end,
        case when i % 1000 = 0 then ${long} when i % 3 = 0 then 'OFTEN' when i % 3 = 1 then 'OBJ' || i end
      from n`.execute(database)
    await sql`
      insert into events (id, at, mode, actor, type, change_id, object_id, outcome)
      with recursive n (i) as (select 2 union all select i + 3 from n where i + 3 < cast(${count} as integer))
      select 'evt_end_' || i, 1800000000001 + i / 7, 'sandbox', 'api_key', 'coupon.update.ended', 'chg_' || i, 'OFTEN', 'applied'
      from n`.execute(database)
    // As PostgreSQL does by itself.
    if (kind === 'postgres') await sql`analyze`.execute(database)
  })
  afterAll(() => opened.close())

  const all = async (list: typeof listInSteps, filter: EventFilter, limit: number) => {
    const seen: string[] = []
    let after: Position | undefined
    for (;;) {
      const page = await list(opened.database, filter, limit, after)
      seen.push(...page.map(({ id }) => id))
      after = page.at(-1)
      if (page.length < limit) return seen
    }
  }

  test.each<[string, EventFilter, number]>([
    ['nothing', {}, count],
    ['an agency', { agencyId: 'ag_1' }, (count * 9) / 10],
    ['a time', { agencyId: 'ag_1', since: 1_800_000_000_500 }, 14_850],
    ['a time to come', { since: 1_900_000_000_000 }, 0],
    ['a key', { keyId: 'key_1', agencyId: 'ag_1' }, (count * 9) / 10],
    ['a key without events', { keyId: 'key_idle', agencyId: 'ag_1' }, 0],
    ['a request', { requestId: 'req_1', agencyId: 'ag_1' }, 1],
    ['an Idempotency-Key', { idempotencyKey: 'order-1', agencyId: 'ag_1' }, 1],
    ['an Idempotency-Key of many', { idempotencyKey: 'often', agencyId: 'ag_1' }, count / 2],
    ['an object', { objectId: 'OBJ1', agencyId: 'ag_1' }, 1],
    ['an object of many', { objectId: 'OFTEN', agencyId: 'ag_2' }, 1_333],
    ['an object with a name without an index', { objectId: long, agencyId: 'ag_1' }, 20],
    ['what has no answer', { agencyId: 'ag_2', isUnanswered: true }, 1_334],
  ])('has the same pages as without steps: %s', async (_, filter, expected) => {
    const whole = await listEvents(opened.database, filter, count + 1)
    expect(whole).toHaveLength(expected)
    expect(await all(listInSteps, filter, 1_700)).toEqual(whole.map(({ id }) => id))
  })

  test.each<[string, EventFilter]>([
    ['a key without events', { keyId: 'key_idle' }],
    ['an object that many events name', { objectId: 'OFTEN', keyId: 'key_idle' }],
    ['an Idempotency-Key that many events have', { idempotencyKey: 'often', keyId: 'key_idle' }],
    ['an object with a name without an index', { objectId: 'y'.repeat(501) }],
  ])('is gone through in steps, between which the process does other work: %s', async (_, filter) => {
    let turns = 0
    let isOver = false
    setImmediate(function next() {
      turns += 1
      if (!isOver) setImmediate(next)
    })
    expect(await listInSteps(opened.database, { ...filter, agencyId: 'ag_1' }, 10)).toEqual([])
    isOver = true
    expect(turns).toBeGreaterThanOrEqual(4)
  })

  test('is gone through by one list of an agency at a time, however many it asks for', async () => {
    let queries = 0
    let most = 0
    let isOver = false
    setImmediate(function next() {
      most = Math.max(most, queries)
      queries = 0
      if (!isOver) setImmediate(next)
    })
    const counted = opened.database.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        queries += 1
        return result
      },
    })
    const filter = { agencyId: 'ag_1', keyId: 'key_idle' }
    await Promise.all(Array.from({ length: 5 }, () => listInSteps(counted, filter, 10)))
    isOver = true
    // Where the step begins, and the step itself.
    expect(most).toBeLessThanOrEqual(2)
  })
})
