import type { KyselyPlugin } from 'kysely'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { cancelJob } from '../../src/bulk-codes/jobs.ts'
import type { Database } from '../../src/database/database.ts'
import { bulkCaller } from '../support/bulk.ts'
import { callsOf } from '../support/keys.ts'
import { databases, type DatabaseKind, startTestServer, type Tenant } from '../support/server.ts'

const together = 20

async function open(database: DatabaseKind) {
  const server = await startTestServer({ database })
  onTestFinished(() => server.close())
  return server
}

/** How many transactions were open at once, at most. */
function watchTransactions(database: Database): { most: number } {
  const seen = { open: 0, most: 0 }
  const transaction = database.transaction.bind(database)
  vi.spyOn(database, 'transaction').mockImplementation(() => {
    const builder = transaction()
    const execute = builder.execute.bind(builder)
    builder.execute = async (work) => {
      seen.open += 1
      seen.most = Math.max(seen.most, seen.open)
      return await execute(work).finally(() => (seen.open -= 1))
    }
    return builder
  })
  return seen
}

describe.each(databases)('what an agency asks for at once takes turns, on %s', (database) => {
  test('where it changes keys: each agency has one transaction open at most', async () => {
    const server = await open(database)
    const other = await server.openTenant()
    const seen = watchTransactions(server.database)
    const update = async (tenant: Tenant, index: number) =>
      (await callsOf(server, tenant).update(tenant.keyId, { name: `n${index}` })).status
    const all = [server, other].flatMap((tenant) =>
      Array.from({ length: together }, (_, index) => update(tenant, index)),
    )
    expect(new Set(await Promise.all(all))).toEqual(new Set([200]))
    expect(seen.most).toBeLessThanOrEqual(2)
  })

  test('where it cancels jobs, of whatever account', async () => {
    const server = await open(database)
    const accountId = await server.connectAnother(server.agencyId)
    const tenants = [server, { ...server, accountId, coupons: server.coupons.replace(server.accountId, accountId) }]
    const cancels: (() => Promise<{ status: number }>)[] = []
    for (const tenant of tenants) {
      const bulk = bulkCaller(server, tenant)
      await bulk.addCoupon('TEN')
      for (let job = 0; job < together / 2; job += 1) {
        const { id } = await bulk.accepted({ count: 1 })
        cancels.push(() => bulk.cancel(id))
      }
    }
    const seen = watchTransactions(server.database)
    for (const { status } of await Promise.all(cancels.map((cancel) => cancel()))) expect(status).toBe(200)
    expect(seen.most).toBe(1)
  })

  test('to cancel a finished job writes nothing', async () => {
    const server = await open(database)
    const bulk = bulkCaller(server)
    await bulk.addCoupon('TEN')
    const { id } = await bulk.accepted({ count: 1 })
    let queries = 0
    let rows = 0
    const count: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        queries += 1
        rows += Number(result.numAffectedRows ?? 0)
        return result
      },
    }
    const cancel = async () => await server.database.transaction().execute((on) => cancelJob(on.withPlugin(count), id))
    expect(await cancel()).toBe(true)
    ;[queries, rows] = [0, 0]
    expect(await cancel()).toBe(false)
    expect({ queries, rows }).toEqual({ queries: 1, rows: 0 })
  })
})
