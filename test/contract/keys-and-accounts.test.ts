import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { databases, expectRefusal, type TestServer, startTestServer } from '../support/server.ts'

const body = { data: { percent_off: 10 } }

describe.each(databases)('keys and accounts, on %s', (database) => {
  let server: TestServer
  let otherServer: string
  beforeAll(async () => {
    server = await startTestServer({ database })
    otherServer = await server.openSecondServer()
  })
  afterAll(() => server.close())

  const create = (key: string, url = server.url, coupons = server.coupons) =>
    server.call(coupons, { method: 'POST', key, body }, url)

  test.each(['', 'Bearer ', 'bearer ', 'BEARER  '])('takes the key after %j', async (prefix) => {
    expect((await create(prefix + server.key)).status).toBe(201)
  })

  test.each(['Basic ', 'Token ', 'Bearer'])('does not take the key after %j', async (prefix) => {
    expectRefusal(await create(prefix + server.key), 401, 'unauthenticated')
  })

  test('a revoked key stops working in every process within a second, and stays so', async () => {
    const tenant = await server.openTenant()
    const servers = [server.url, otherServer]
    for (const url of servers) expect((await create(tenant.key, url, tenant.coupons)).status).toBe(201)
    await server.revoke(tenant)
    const revokedAt = performance.now()
    for (const url of servers) {
      let askedAt = 0
      const refused = async () => {
        askedAt = performance.now()
        return (await create(tenant.key, url, tenant.coupons)).status === 401
      }
      while (!(await refused())) expect(askedAt - revokedAt).toBeLessThan(1_000)
    }
  })

  test('an account that is taken from an agency stops working in every process at once', async () => {
    const tenant = await server.openTenant()
    const servers = [server.url, otherServer]
    for (const url of servers) expect((await create(tenant.key, url, tenant.coupons)).status).toBe(201)
    await createAccounts(server.database, 'sandbox').disconnect(tenant.accountId)
    for (const url of servers) {
      expectRefusal(await create(tenant.key, url, tenant.coupons), 404, 'account_not_found')
    }
  })

  test('an agency can hold several keys, and revoking one leaves the others', async () => {
    const tenant = await server.openTenant()
    const second = await createApiKeys(server.database, 'sandbox').createKey(tenant.agencyId, 'second')
    await server.revoke(tenant)
    expect((await create(second.secret, otherServer, tenant.coupons)).status).toBe(201)
  })

  test('stores of a key only its hash and its last four digits, and when it was last used', async () => {
    const tenant = await server.openTenant()
    const before = Date.now()
    await create(tenant.key, server.url, tenant.coupons)
    const keys = createApiKeys(server.database, 'sandbox')
    await expect.poll(async () => (await keys.listKeys(tenant.agencyId))[0]?.lastUsedAt).toBeGreaterThanOrEqual(before)
    const rows = await server.database.selectFrom('api_keys').selectAll().where('id', '=', tenant.keyId).execute()
    expect(JSON.stringify(rows)).not.toContain(tenant.key.slice(3, -4))
    expect(rows[0]?.hint).toBe(tenant.key.slice(-4))
  })

  test('one agency cannot see or touch the coupon of another, though both have one of the same id', async () => {
    const [a, b] = [await server.openTenant(), await server.openTenant()]
    for (const { key, coupons } of [a, b]) {
      const data = { id: 'SAME', percent_off: 10, name: `Of ${coupons}`.slice(0, 40) }
      expect((await server.call(coupons, { method: 'POST', key, body: { data } })).status).toBe(201)
    }
    await server.call(`${a.coupons}/SAME`, { method: 'PUT', key: a.key, body: { data: { name: 'Renamed by A' } } })
    const ofB = await server.call(`${b.coupons}/SAME`, { method: 'PUT', key: b.key, body: { data: { metadata: {} } } })
    expect(ofB.body['name']).toMatch(/^Of /)
    const crossed = await server.call(`${b.coupons}/SAME`, { method: 'PUT', key: a.key, body: { data: { name: 'x' } } })
    expectRefusal(crossed, 404, 'account_not_found')
  })
})
