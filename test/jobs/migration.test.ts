import { type Kysely, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { adoptJobs } from '../../src/bulk-codes/accept.ts'
import { up as up0001 } from '../../src/database/migrations/0001-start.ts'
import { up as up0002 } from '../../src/database/migrations/0002-bulk-codes.ts'
import { up as up0005 } from '../../src/database/migrations/0005-jobs.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { databases } from '../support/new-database.ts'

describe.each(databases)('on %s', (kind) => {
  test('jobs from before are carried over, and get the mode of the first start', async () => {
    const database = await openEmptyDatabase(kind)
    const untyped = database as unknown as Kysely<unknown>
    await up0001(untyped)
    await up0002(untyped)
    for (const [id, startedAt] of [
      ['bulk_queued', 'null'],
      ['bulk_started', '2'],
    ]) {
      await sql
        .raw(
          `insert into bulk_jobs values ('${id}', 'ag', 'acct', 'TEN', 'key', 'req', 'k-${id}', 'f', '{}', 1, ${startedAt}, null)`,
        )
        .execute(database)
      await sql.raw(`insert into bulk_codes values ('${id}', 0, 'A', 0, 'pending', null, null, null)`).execute(database)
    }
    await up0005(untyped)
    const jobs = database.selectFrom('bulk_jobs').select(['id', 'mode', 'idempotency_key', 'canceled_at']).orderBy('id')
    expect(await jobs.execute()).toMatchObject([{ mode: null }, { mode: null }])

    await adoptJobs(database, 'test')
    // A later start in another mode adopts nothing more.
    await adoptJobs(database, 'live')
    expect(await jobs.execute()).toEqual([
      { id: 'bulk_queued', mode: 'test', idempotency_key: 'test/k-bulk_queued', canceled_at: null },
      { id: 'bulk_started', mode: 'test', idempotency_key: 'test/k-bulk_started', canceled_at: null },
    ])
    const codes = database.selectFrom('bulk_codes').select(['job_id', 'status', 'attempts']).orderBy('job_id')
    expect(await codes.execute()).toEqual([
      { job_id: 'bulk_queued', status: 'pending', attempts: 0 },
      { job_id: 'bulk_started', status: 'pending', attempts: 1 },
    ])
  })
})
