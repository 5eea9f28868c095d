import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createLog } from '../../src/http/log.ts'
import { createSeals } from '../../src/journal/sealing.ts'
import { createSettle } from '../../src/journal/settle.ts'
import { createUpkeep } from '../../src/journal/upkeep.ts'
import { verifySeals } from '../../src/journal/verify.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import type { Send } from '../../src/stripe/http-client.ts'
import { databases, startTestServer, type TestServer } from '../support/server.ts'

const dayMs = 86_400_000

describe.each(databases)('beside the server, on %s', (kind) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ database: kind })
  })
  afterAll(() => server.close())

  /** Lets each piece of work be done once, so much later than now. */
  const runOnce = async (keepDays: number, laterMs: number, send?: Send) => {
    const { database, journal, sandbox } = server
    const stripe = createStripeClient({
      secretKey: 'sk_test_server',
      mode: 'sandbox',
      send: send ?? ((request) => sandbox.send(request)),
      timeoutMs: 5_000,
      retriesMax: 0,
    })
    const due = new Set<number>()
    const resting: Promise<unknown>[] = []
    const upkeep = createUpkeep({
      seals: createSeals(database),
      settle: createSettle({ database, journal, stripe, accounts: createAccounts(database, 'sandbox') }),
      keepDays,
      now: () => Date.now() + laterMs,
      log: createLog('silent', process.stderr),
      wait: async (ms, signal) => {
        if (due.has(ms) && signal) resting.push(once(signal, 'abort').then(() => {}))
        if (due.has(ms)) await resting.at(-1)
        due.add(ms)
      },
    })
    upkeep.start()
    await expect.poll(() => resting.length).toBe(keepDays > 0 ? 3 : 2)
    await upkeep.stop()
    return upkeep.state()
  }

  test('a process tells how many changes Stripe could not be asked about', async () => {
    const { journal, agencyId, accountId } = server
    const ids = { agency_id: agencyId, account_id: accountId, change_id: 'chg_open', terms: '{"percent_off":10}' }
    await journal.append({ actor: 'api_key', type: 'coupon.create.started', ...ids })
    const down: Send = async () => {
      throw new Error('Stripe is down.')
    }
    expect((await runOnce(0, 11 * 60_000, down)).unsettled).toBe(1)
    expect((await runOnce(0, 11 * 60_000)).unsettled).toBe(0)
    await server.database.deleteFrom('events').execute()
    await server.database.deleteFrom('seals').execute()
  })

  test('a process seals, settles, and removes what is too old, by itself', async () => {
    const { database, journal } = server
    await server.call(server.coupons, { method: 'POST', body: { data: { id: 'MINE', percent_off: 10 } } })
    await journal.flush()
    await database.deleteFrom('events').where('type', '=', 'coupon.create.ended').execute()

    await runOnce(0, 11 * 60_000)
    const settled = await database.selectFrom('events').selectAll().where('type', 'like', '%.settled').execute()
    expect(settled).toMatchObject([
      { type: 'coupon.create.settled', actor: 'worker', outcome: 'applied', object_id: 'MINE' },
    ])
    const { events } = await verifySeals(createSeals(database).sealed())
    expect(events).toBeGreaterThanOrEqual(1)
    await createSeals(database).seal()

    await runOnce(3, 2 * dayMs)
    expect(await verifySeals(createSeals(database).sealed())).toMatchObject({ events: 2, removedByRetention: 0 })
    await runOnce(3, 4 * dayMs)
    expect(await verifySeals(createSeals(database).sealed())).toMatchObject({
      removedByRetention: 2,
      finding: undefined,
    })
  })
})
