import { connect } from 'node:net'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { defaultBounds } from '../../src/agencies/bounds.ts'
import { createFreezes } from '../../src/agencies/freezes.ts'
import {
  databases,
  expectRefusal,
  fill,
  journalOf,
  startTestServer,
  type Tenant,
  type TestServer,
} from '../support/server.ts'

afterEach(() => void vi.useRealTimers())

describe.each(databases)('a revoked key, on %s', (database) => {
  const start = async () => {
    const clock = { ms: 1_000 }
    const server = await startTestServer({ database, now: () => clock.ms })
    onTestFinished(() => server.close())
    return { server, clock, tenant: await server.openTenant() }
  }

  test.each([
    ['POST', '', '{"data":{"percent_off":10}}'],
    ['PUT', '/FILL0', '{"data":{"name":"After"}}'],
    // A byte order mark alone is a body that holds nothing.
    ['DELETE', '/FILL0', '\ufeff'],
  ])('writes nothing by a %s whose body came slowly', async (method, id, body) => {
    const { server, clock, tenant } = await start()
    await fill({ ...server, ...tenant }, 1)
    const before = await server.sandbox.send(couponsOnStripe(tenant))
    const finish = await sendHead(server, tenant, `${method} ${tenant.coupons}${id}`, body)
    await server.revoke(tenant)
    clock.ms += 1_000
    const said = await finish()
    expect(said).toMatch(/^HTTP\/1\.1 401 /)
    expect(said).toContain('"code":"unauthenticated"')
    expect(await journalOf(server)).toEqual([])
    expect((await server.sandbox.send(couponsOnStripe(tenant))).body).toBe(before.body)
  })

  test('says that its retry was made before, though it was revoked while the body came', async () => {
    const { server, clock, tenant } = await start()
    const { key } = await server.openKey(tenant)
    const body = '{"data":{"percent_off":10}}'
    const headers = { 'idempotency-key': 'order-1' }
    expect((await server.call(tenant.coupons, { method: 'POST', key, headers, raw: body })).status).toBe(201)
    const finish = await sendHead(server, tenant, `POST ${tenant.coupons}`, body, 'Idempotency-Key: order-1\r\n')
    await server.revoke(tenant)
    clock.ms += 1_000
    const said = await finish()
    expect(said).toMatch(/^HTTP\/1\.1 401 /)
    expect(said).toContain('"outcome":"applied"')
  })

  test('stops working though the wall clock was set back', async () => {
    const { server, clock, tenant } = await start()
    vi.useFakeTimers({ toFake: ['Date'] })
    const list = () => server.call(tenant.coupons, { key: tenant.key })
    expect((await list()).status).toBe(200)
    await server.revoke(tenant)
    vi.setSystemTime(Date.now() - 3_600_000)
    clock.ms += 1_000
    expectRefusal(await list(), 401, 'unauthenticated')
  })
})

describe.each(databases)('while a create waits for its turn, on %s', (database) => {
  /** What becomes of the second of two creates if this happens while the first has the only slot; what Stripe was asked. */
  const changeWhileWaiting = async (change: (server: TestServer) => Promise<unknown>) => {
    const clock = { ms: 1_000 }
    const held = Promise.withResolvers<void>()
    let calls = 0
    const server: TestServer = await startTestServer({
      database,
      now: () => clock.ms,
      queueLimits: { callsPerAccountMax: 1 },
      stripe: async (request) => {
        calls += 1
        await held.promise
        return await server.sandbox.send(request)
      },
    })
    onTestFinished(() => server.close())
    const create = (key: string) =>
      server.call(server.coupons, {
        method: 'POST',
        body: { data: { percent_off: 40 } },
        headers: { 'idempotency-key': key },
      })
    const first = create('first')
    await expect.poll(() => calls).toBe(1)
    const second = create('second')
    await expect.poll(async () => (await journalOf(server)).length).toBe(2)
    await change(server)
    clock.ms += 1_000
    held.resolve()
    expect((await first).status).toBe(201)
    const refused = await second
    expect(await journalOf(server)).toMatchObject([{ outcome: 'applied' }, { outcome: 'not_applied' }])
    return { refused, calls }
  }
  const bound = (bounds: object) => async (server: TestServer) =>
    await server.database
      .updateTable('api_keys')
      .set({ bounds: JSON.stringify({ ...defaultBounds, ...bounds }) })
      .where('id', '=', server.keyId)
      .execute()

  test.each<[string, number, string, (server: TestServer) => Promise<unknown>]>([
    ['its key is revoked', 401, 'unauthenticated', (server) => server.revoke(server)],
    [
      'the platform is frozen',
      403,
      'not_allowed',
      (server) => createFreezes(server.database, 'sandbox').freeze({ kind: 'platform' }),
    ],
    ['its key is limited to less', 403, 'not_allowed', bound({ maxPercent: 20 })],
    [
      'the account leaves the agency',
      404,
      'account_not_found',
      (server) => createAccounts(server.database, 'sandbox').disconnect(server.accountId),
    ],
  ])('and %s, it is refused, and Stripe never sees it', async (_, status, code, change) => {
    const { refused, calls } = await changeWhileWaiting(change)
    expectRefusal(refused, status, code, { outcome: 'not_applied' })
    expect(calls).toBe(1)
  })
})

test('the last use of a key is noted though the wall clock was set back', async () => {
  const server = await startTestServer({ now: () => 0 })
  onTestFinished(() => server.close())
  vi.useFakeTimers({ toFake: ['Date'] })
  const lastUse = async () => (await createApiKeys(server.database, 'sandbox').listKeys(server.agencyId))[0]?.lastUsedAt
  await server.call(server.coupons)
  await expect.poll(lastUse).toBe(Date.now())
  vi.setSystemTime(Date.now() - 3_600_000)
  const second = await server.openSecondServer()
  await server.call(server.coupons, {}, second)
  await expect.poll(lastUse).toBe(Date.now())
})

const couponsOnStripe = ({ accountId }: Tenant) => ({
  method: 'GET',
  path: '/v1/coupons',
  headers: { authorization: 'Bearer sk_test_server', 'stripe-account': accountId },
  body: '',
})

/** Sends all of a write but its body, and waits until its key was looked up; `finish` sends the body: all that comes back. */
async function sendHead(server: TestServer, { key, keyId, agencyId }: Tenant, line: string, body: string, more = '') {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write(
    `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${key}\r\n` +
      `Content-Type: application/json\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
  )
  const keys = createApiKeys(server.database, 'sandbox')
  const lastUse = async () => (await keys.listKeys(agencyId)).find(({ id }) => id === keyId)?.lastUsedAt
  await expect.poll(lastUse).not.toBeNull()
  return async function finish(): Promise<string> {
    socket.write(body)
    return (await socket.setEncoding('utf8').toArray()).join('')
  }
}
