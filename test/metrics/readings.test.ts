import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createFreezes } from '../../src/agencies/freezes.ts'
import { createMetrics } from '../../src/metrics/metrics.ts'
import type { Sources } from '../../src/metrics/readings.ts'
import { bulkCaller } from '../support/bulk.ts'
import { scrape, valueOf } from '../support/metrics.ts'
import { databases, type DatabaseKind, startTestServer } from '../support/server.ts'
import { holdLock } from '../support/sqlite-lock.ts'

const idle = { succeededAt: new Map(), unsettled: 0 }

async function open(database: DatabaseKind, sources: Partial<Sources> = {}) {
  const server = await startTestServer({ database })
  onTestFinished(() => server.close())
  const metrics = createMetrics('sandbox')
  const own = { database: server.database, journal: server.journal, upkeep: { state: () => idle }, redis: undefined }
  metrics.watch({ ...own, ...sources })
  const value = (name: string, labels?: Record<string, string>) => valueOf(metrics, `chatdash_${name}`, labels)
  return { server, metrics, value }
}

describe.each(databases)('a scrape on %s', (kind) => {
  test('tells how many bulk jobs wait, run and are frozen, with their codes', async () => {
    const { server, value } = await open(kind)
    const frozen = await server.openTenant()
    for (const tenant of [server, server, frozen]) {
      await server.call(tenant.coupons, {
        method: 'POST',
        key: tenant.key,
        body: { data: { id: 'TEN', percent_off: 10 } },
      })
      await bulkCaller(server, tenant).accepted({ count: 3 })
    }
    const [first] = await server.database.selectFrom('bulk_jobs').select('id').orderBy('created_at').limit(1).execute()
    const started = server.database
      .updateTable('bulk_jobs')
      .set({ started_at: 1, pending: 2, created_at: Date.now() - 90_000 })
    await started.where('id', '=', first?.id ?? '').execute()
    await createFreezes(server.database, 'sandbox').freeze({ kind: 'agency', id: frozen.agencyId })

    for (const [state, codes] of Object.entries({ running: 2, queued: 3, frozen: 3 })) {
      expect(await value('bulk_jobs', { state })).toBe(1)
      expect(await value('bulk_codes_pending', { state })).toBe(codes)
    }
    expect(await value('bulk_oldest_job_age_seconds', { state: 'running' })).toBeGreaterThanOrEqual(90)
  })

  test('says that no job waits where none does', async () => {
    const { value } = await open(kind)
    expect(await value('bulk_jobs', { state: 'queued' })).toBe(0)
    expect(await value('bulk_oldest_job_age_seconds', { state: 'queued' })).toBe(0)
    expect(await value('database_up')).toBe(1)
    expect(await value('database_waiting')).toBe(0)
  })

  test('says that the database is down, and still all the rest', async () => {
    const { server, metrics, value } = await open(kind)
    await server.database.schema.alterTable('bulk_jobs').renameTo('away').execute()
    expect(await value('database_up')).toBe(0)
    expect(await value('bulk_jobs')).toBeUndefined()
    expect((await scrape(metrics)).map(({ name }) => name)).toContain('process_cpu_seconds_total')
    await server.database.schema.alterTable('away').renameTo('bulk_jobs').execute()
    expect(await value('database_up')).toBe(1)
  })
})

test('a scrape tells what waits for the thread that writes SQLite, and which ends are not on disk yet', async () => {
  const { server, value } = await open('sqlite')
  const lock = await holdLock(server.location)
  // The first is with the thread, which waits for the lock; the second waits for the first.
  const write = () => server.database.updateTable('health').set({ checked_at: 1 }).execute()
  const writing = write()
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  const waiting = write()
  server.journal.appendEventually({ actor: 'worker', type: 'coupon.create.ended' })
  expect(await value('journal_unwritten')).toBe(1)
  expect(await value('database_waiting')).toBeGreaterThanOrEqual(1)
  await lock.release()
  await Promise.all([writing, waiting, server.journal.flush()])
  expect(await value('journal_unwritten')).toBe(0)
  expect(await value('database_waiting')).toBe(0)
})

test.runIf(databases.includes('postgres'))('a scrape tells how many connections to PostgreSQL are open', async () => {
  const { server, value } = await open('postgres')
  const held = Promise.withResolvers<void>()
  const transaction = server.database.transaction().execute(async (on) => {
    await sql`select 1`.execute(on)
    await held.promise
  })
  const inUse = async () => {
    const [all = 0, free = 0] = await Promise.all(
      ['open', 'idle'].map((state) => value('database_connections', { state })),
    )
    return all - free
  }
  await expect.poll(inUse).toBe(1)
  held.resolve()
  await transaction
  await expect.poll(inUse).toBe(0)
})

test('a scrape tells what the journal’s upkeep has reached, and whether Redis answers', async () => {
  const redis = { isUp: true }
  const state = { succeededAt: new Map([['sealing', 1_700_000_000_000]]), unsettled: 3 }
  const { value } = await open('sqlite', { upkeep: { state: () => state }, redis: { state: () => redis } })
  expect(await value('journal_unsettled')).toBe(3)
  expect(await value('journal_last_success_timestamp_seconds', { task: 'sealing' })).toBe(1_700_000_000)
  expect(await value('redis_up')).toBe(1)
  redis.isUp = false
  expect(await value('redis_up')).toBe(0)
})
