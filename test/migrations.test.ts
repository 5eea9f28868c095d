import { type Kysely, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { migrate } from '../src/database/migrate.ts'
import * as start from '../src/database/migrations/0001-start.ts'
import * as bulkCodes from '../src/database/migrations/0002-bulk-codes.ts'
import * as pending from '../src/database/migrations/0009-pending.ts'
import { openEmptyDatabase } from './support/database.ts'
import { databases } from './support/server.ts'

describe.each(databases)('migrations, on %s', (kind) => {
  test('count the codes that are pending of each unfinished job', async () => {
    const database = await openEmptyDatabase(kind)
    await migrate(database)
    await database.schema.alterTable('bulk_jobs').dropColumn('pending').execute()
    const job = (id: string) => sql`
      insert into bulk_jobs (id, agency_id, account_id, coupon_id, key_id, request_id, idempotency_key, fingerprint, terms, created_at)
      values (${id}, 'ag_1', 'acct_1', 'TEN', 'key_1', 'req_1', ${id}, '', '{}', 1)`
    const code = (jobId: string, position: number, status: string) => sql`
      insert into bulk_codes (job_id, position, code, keys_spent, status)
      values (${jobId}, ${position}, 'CODE', 0, ${status})`
    for (const id of ['bulk_1', 'bulk_2']) await job(id).execute(database)
    for (const [position, status] of ['pending', 'created', 'pending'].entries()) {
      await code('bulk_1', position, status).execute(database)
    }

    await pending.up(database as unknown as Kysely<unknown>)

    const jobs = database.selectFrom('bulk_jobs').select(['id', 'pending']).orderBy('id')
    expect(await jobs.execute()).toEqual([
      { id: 'bulk_1', pending: 2 },
      { id: 'bulk_2', pending: 0 },
    ])
  })

  test('carry the changes of the first release over, in order, with what became of each', async () => {
    const database = await openEmptyDatabase(kind)
    const untyped = database as unknown as Kysely<unknown>
    await start.up(untyped)
    await bulkCodes.up(untyped)
    const change = (id: string, at: number, target: string | null) => sql`
      insert into changes values (${id}, 'ag_1', 'key_1', 'acct_1', ${`req_${id}`}, 'coupon.create', ${target},
        '{"percent_off":10}', ${`derived-${id}`}, ${at})`
    await change('chg_a', 1_000, null).execute(database)
    await change('chg_b', 2_000, 'SUMMER20').execute(database)
    await sql`insert into change_outcomes values ('chg_a', 'applied', null, 'ABC', 'req_stripe', 3000)`.execute(
      database,
    )
    // As Kysely notes them down once they have run.
    await sql`create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)`.execute(
      database,
    )
    await sql`insert into kysely_migration values ('0001-start', '2026-01-01'), ('0002-bulk-codes', '2026-01-02')`.execute(
      database,
    )

    await migrate(database)

    const events = await database.selectFrom('events').selectAll().orderBy('seq').execute()
    const whose = { agency_id: 'ag_1', key_id: 'key_1', account_id: 'acct_1', actor: 'api_key' }
    const started = { ...whose, type: 'coupon.create.started', terms: '{"percent_off":10}', outcome: null }
    expect(events).toMatchObject([
      { ...started, at: 1_000, change_id: 'chg_a', request_id: 'req_chg_a', stripe_key: 'derived-chg_a' },
      { ...started, at: 2_000, change_id: 'chg_b', object_id: 'SUMMER20' },
      {
        ...whose,
        type: 'coupon.create.ended',
        at: 3_000,
        change_id: 'chg_a',
        outcome: 'applied',
        object_id: 'ABC',
        stripe_request_id: 'req_stripe',
      },
    ])
    expect(new Set(events.map(({ id }) => id)).size).toBe(3)
    for (const { id } of events) expect(id).toMatch(/^evt_/)
  })
})
