import { describe, expect, onTestFinished, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { bulkCaller } from '../support/bulk.ts'
import { databases, expectRefusal, startTestServer } from '../support/server.ts'

describe.each(databases)('what a refusal says of a bulk job, on %s', (database) => {
  const open = async () => {
    const held = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const server = await startTestServer({
      database,
      stripe: async (request) => {
        if (request.path === '/v1/coupons/HELD') {
          arrived.resolve()
          await held.promise
        }
        return await server.sandbox.send(request)
      },
    })
    onTestFinished(() => server.close())
    onTestFinished(() => held.resolve())
    const bulk = bulkCaller(server)
    await bulk.addCoupon('TEN')
    return { server, bulk, arrived: arrived.promise, release: held.resolve }
  }

  test('is that an earlier request with its key made it, where a limit refuses the retry unread', async () => {
    const { server, bulk, arrived, release } = await open()
    const limited = await server.openSecondServer({ limits: { requestsPerAgencyMax: 1 } })
    await bulk.accepted({ count: 2 }, { key: 'job-1' })
    const running = server.call(`${server.coupons}/HELD`, {}, limited)
    await arrived
    const retry = (key: string) => {
      const headers = { 'idempotency-key': key }
      return server.call(bulk.path(), { method: 'POST', body: { data: { count: 2 } }, headers }, limited)
    }
    expectRefusal(await retry('job-1'), 429, 'rate_limited', { outcome: 'applied' })
    expectRefusal(await retry('job-2'), 429, 'rate_limited', { outcome: 'not_applied' })
    release()
    await running
  })

  test('is that an earlier request with its key made it, also once the account has left the agency', async () => {
    const { server, bulk } = await open()
    await bulk.accepted({ count: 2 }, { key: 'job-1' })
    await createAccounts(server.database, 'sandbox').disconnect(server.accountId)
    const retry = (key: string) => bulk.create({ count: 2 }, { key })
    expectRefusal(await retry('job-1'), 404, 'account_not_found', { outcome: 'applied' })
    expectRefusal(await retry('job-2'), 404, 'account_not_found', { outcome: 'not_applied' })
  })

  test.each(['accounts', 'bulk_jobs'] as const)(
    'is unknown to a retry where the database does not give %s, and not_applied without a key',
    async (table) => {
      const { server, bulk } = await open()
      await bulk.accepted({ count: 2 }, { key: 'job-1' })
      await server.database.schema.alterTable(table).renameTo('away').execute()
      expectRefusal(await bulk.create({ count: 2 }, { key: 'job-1' }), 503, 'unavailable', { outcome: 'unknown' })
      expectRefusal(await bulk.create({ count: 2 }), 503, 'unavailable', { outcome: 'not_applied' })
      await server.database.schema.alterTable('away').renameTo(table).execute()
      expect((await bulk.create({ count: 2 }, { key: 'job-1' })).headers.get('idempotent-replayed')).toBe('true')
    },
  )
})
