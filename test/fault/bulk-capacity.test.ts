import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { bulkCaller } from '../support/bulk.ts'
import { codeOf, errorWith, openBulk } from '../support/bulk-stripe.ts'
import { databases, expectRefusal, type Options, startTestServer } from '../support/server.ts'

async function open(options: Options) {
  const server = await startTestServer(options)
  onTestFinished(() => server.close())
  const bulk = bulkCaller(server)
  await bulk.addCoupon('TEN')
  return { server, bulk }
}

describe.each(databases)('room for pending codes, on %s', (database) => {
  test('is refused without a write where there is none, so that nobody waits for the refusal', async () => {
    const { server, bulk } = await open({ database, bulkPendingCodesMax: 10 })
    await bulk.accepted({ count: 8 })
    // On SQLite every write waits for this transaction; on PostgreSQL those that lock the agency's row do.
    await server.database.transaction().execute(async (transaction) => {
      await transaction.updateTable('agencies').set({ name: 'A' }).where('id', '=', server.agencyId).execute()
      expectRefusal(await bulk.create({ count: 3 }), 429, 'rate_limited')
    })
  })

  test('is as much as no pending code takes, while codes are created, canceled and fail', async () => {
    const held = Promise.withResolvers<void>()
    let sent = 0
    const { server, accepted, cancel, find, finished } = await openBulk(database, async (request, answer) => {
      sent += 1
      if (codeOf(request) === 'BAD') return errorWith(400, { code: 'parameter_invalid_string' })
      if (sent > 5) await held.promise
      return await answer()
    })
    const { id } = await accepted({ codes: ['BAD', ...Array.from({ length: 59 }, (_, index) => `C${index}`)] })
    server.startBulkWorker(Infinity)
    await expect.poll(() => sent).toBe(21)
    await expect.poll(async () => (await find(id)).succeeded).toBe(4)
    expect(await pendingOf(server.database)).toEqual({ pending: 55, counted: 55 })
    await cancel(id)
    expect(await pendingOf(server.database)).toEqual({ pending: 35, counted: 35 })
    held.resolve()
    expect(await finished(id)).toMatchObject({ succeeded: 20, failed: 1, canceled: 39 })
    expect(await pendingOf(server.database)).toEqual({ pending: 0, counted: 0 })
  })

  test('is whole again once the rest of a job has failed', async () => {
    const { server, accepted, finished } = await openBulk(database, async () =>
      errorWith(403, { code: 'account_invalid' }),
    )
    const { id } = await accepted({ count: 50 })
    server.startBulkWorker(Infinity)
    expect(await finished(id)).toMatchObject({ failed: 50 })
    expect(await pendingOf(server.database)).toEqual({ pending: 0, counted: 0 })
  })
})

/** What the jobs say is pending of them, and how many of their codes are. */
async function pendingOf(database: Database) {
  const said = database.selectFrom('bulk_jobs').select('pending')
  const codes = database.selectFrom('bulk_codes').select('code').where('status', '=', 'pending')
  return { pending: (await said.executeTakeFirstOrThrow()).pending, counted: (await codes.execute()).length }
}

describe.runIf(databases.includes('postgres'))('on postgres', () => {
  test('a job waits for one that is being accepted, instead of counting the same capacity', async () => {
    const { server, bulk } = await open({ database: 'postgres', bulkPendingCodesMax: 10 })
    const { id } = await bulk.accepted({ count: 6 })
    await bulk.cancel(id)

    // Another process that has locked the agency's row and has not committed its job yet.
    const answer = await server.database.transaction().execute(async (transaction) => {
      await transaction.updateTable('agencies').set({ name: 'A' }).where('id', '=', server.agencyId).execute()
      await transaction.updateTable('bulk_jobs').set({ finished_at: null, pending: 6 }).where('id', '=', id).execute()
      await transaction.updateTable('bulk_codes').set({ status: 'pending' }).where('job_id', '=', id).execute()
      const state = { isAnswered: false }
      const answering = bulk.create({ count: 5 }).finally(() => (state.isAnswered = true))
      const isWaiting = async () => state.isAnswered || (await waitingFor(server.database)) > 0
      await expect.poll(isWaiting).toBe(true)
      return { answering }
    })
    expectRefusal(await answer.answering, 429, 'rate_limited')
  })

  test('many requests of an agency that wait for its room keep no connection from others', async () => {
    const { server, bulk } = await open({ database: 'postgres' })
    const other = await server.openTenant()
    const answering = await server.database.transaction().execute(async (transaction) => {
      await transaction.updateTable('agencies').set({ name: 'A' }).where('id', '=', server.agencyId).execute()
      const answers = Array.from({ length: 40 }, () => bulk.create({ count: 1 }))
      const state = { answered: 0 }
      for (const answer of answers) void answer.finally(() => (state.answered += 1))
      await expect.poll(async () => (await waitingFor(server.database)) > 0 || state.answered > 0).toBe(true)
      for (let time = 0; time < 10; time += 1) {
        const data = { percent_off: 10 }
        const created = await server.call(other.coupons, { method: 'POST', key: other.key, body: { data } })
        expect({ status: created.status, waiting: await waitingFor(transaction) }).toEqual({ status: 201, waiting: 1 })
      }
      return { answers }
    })
    for (const { status } of await Promise.all(answering.answers)) expect(status).toBe(202)
  })
})

/** How many connections wait for the lock on an agency's row. */
async function waitingFor(database: Database): Promise<number> {
  const waiting = sql<{ count: number }>`
    select count(*) as count from pg_stat_activity where wait_event_type = 'Lock' and query like 'update "agencies"%'`
  return Number((await waiting.execute(database)).rows[0]?.count)
}
