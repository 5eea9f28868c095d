import { connect } from 'node:net'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
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
async function sendHead(server: TestServer, { key, agencyId }: Tenant, line: string, body: string) {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write(
    `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${key}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
  )
  const lastUse = async () => (await createApiKeys(server.database, 'sandbox').listKeys(agencyId))[0]?.lastUsedAt
  await expect.poll(lastUse).not.toBeNull()
  return async function finish(): Promise<string> {
    socket.write(body)
    return (await socket.setEncoding('utf8').toArray()).join('')
  }
}
