import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bulkCaller } from '../support/bulk.ts'
import { databases, expectRefusal, startTestServer } from '../support/server.ts'

describe.runIf(databases.includes('postgres'))('on postgres', () => {
  test('a job waits for one that is being accepted, instead of counting the same capacity', async () => {
    const server = await startTestServer({ database: 'postgres', bulkPendingCodesMax: 10 })
    onTestFinished(() => server.close())
    const bulk = bulkCaller(server)
    await bulk.addCoupon('TEN')
    const { id } = await bulk.accepted({ count: 6 })
    await bulk.cancel(id)

    // Another process that has locked the agency's row and has not committed its job yet.
    const answer = await server.database.transaction().execute(async (transaction) => {
      await transaction.updateTable('agencies').set({ name: 'A' }).where('id', '=', server.agencyId).execute()
      await transaction.updateTable('bulk_jobs').set({ finished_at: null }).where('id', '=', id).execute()
      await transaction.updateTable('bulk_codes').set({ status: 'pending' }).where('job_id', '=', id).execute()
      const state = { isAnswered: false }
      const answering = bulk.create({ count: 5 }).finally(() => (state.isAnswered = true))
      const waiting = sql<{ count: number }>`
        select count(*) as count from pg_stat_activity where wait_event_type = 'Lock' and query like 'update "agencies"%'`
      const isWaiting = async () =>
        state.isAnswered || Number((await waiting.execute(server.database)).rows[0]?.count) > 0
      await expect.poll(isWaiting).toBe(true)
      return { answering }
    })
    expectRefusal(await answer.answering, 429, 'rate_limited')
  })
})
