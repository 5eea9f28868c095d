import { expect, onTestFinished, test, vi } from 'vitest'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { expectRefusal, startTestServer } from '../support/server.ts'

/** A server behind a proxy, which looks up two unknown keys a second and address; its clock stands still. */
const start = async () => {
  const clock = { ms: 1_000 }
  const server = await startTestServer({
    now: () => clock.ms,
    trustProxy: '127.0.0.1',
    limits: { unknownKeysPerSecond: 2 },
  })
  onTestFinished(() => server.close())
  const callFrom = (address: string, key: string, coupons = server.coupons) =>
    server.call(coupons, { key, headers: { 'x-forwarded-for': address } })
  const flood = async (address: string) => {
    for (let count = 0; count < 2; count += 1) {
      expectRefusal(await callFrom(address, mintApiKey()), 401, 'unauthenticated')
    }
  }
  return { server, clock, callFrom, flood }
}
const attacker = '198.51.100.1'

test('beyond so many a second they are refused without a look-up, with the time of a retry', async () => {
  const { server, clock, callFrom, flood } = await start()
  await flood(attacker)
  const lookUps = vi.spyOn(server.database, 'selectFrom')
  onTestFinished(() => lookUps.mockRestore())
  const refused = await callFrom(attacker, mintApiKey())
  expectRefusal(refused, 429, 'rate_limited')
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(lookUps).not.toHaveBeenCalled()
  clock.ms += 1_000
  expectRefusal(await callFrom(attacker, mintApiKey()), 401, 'unauthenticated')
})

test('all at once, no more of them are looked up than one after the other', async () => {
  const { callFrom } = await start()
  const answers = await Promise.all(Array.from({ length: 20 }, () => callFrom(attacker, mintApiKey())))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 401)).toHaveLength(2)
  expect(statuses.filter((status) => status === 429)).toHaveLength(18)
})

test('they keep no key waiting that the process knows, not even from the same address', async () => {
  const { server, clock, callFrom, flood } = await start()
  expect((await callFrom(attacker, server.key)).status).toBe(200)
  // Long enough that the key is looked up again.
  clock.ms += 5_000
  await flood(attacker)
  expect((await callFrom(attacker, server.key)).status).toBe(200)
})

test('they keep no key waiting that the process has yet to see, from another address', async () => {
  const { server, callFrom, flood } = await start()
  await flood(attacker)
  expect((await callFrom('203.0.113.7', server.key)).status).toBe(200)
})

test('keys that exist use up nothing, however many are seen for the first time', async () => {
  const { server, callFrom } = await start()
  for (let count = 0; count < 4; count += 1) {
    const tenant = await server.openTenant()
    expect((await callFrom('203.0.113.7', tenant.key, tenant.coupons)).status).toBe(200)
  }
})

test('a revoked key is an unknown one: it is not looked up without end', async () => {
  const { server, clock, callFrom } = await start()
  const tenant = await server.openTenant()
  expect((await callFrom(attacker, tenant.key, tenant.coupons)).status).toBe(200)
  await server.revoke(tenant)
  clock.ms += 1_000
  const statuses = []
  for (let count = 0; count < 4; count += 1) {
    statuses.push((await callFrom(attacker, tenant.key, tenant.coupons)).status)
  }
  expect(statuses).toEqual([401, 401, 401, 429])
})

test('they share a line in the log, at most one a second, with a count and without a stack', async () => {
  const { server, clock, callFrom, flood } = await start()
  const lines = () => server.logged.filter((line) => line.includes('unknown API keys') || line.includes('"status":429'))
  for (const second of [0, 1]) {
    clock.ms += second * 1_000
    await flood(attacker)
    for (let count = 0; count < 5; count += 1) await callFrom(attacker, mintApiKey())
  }
  const said = lines().map((line): object => JSON.parse(line))
  expect(said).toMatchObject([{ count: 1 }, { count: 5 }])
  expect(JSON.stringify(said)).not.toMatch(/stack|CD\./)
})

test('a client that is not behind a trusted proxy cannot claim another address', async () => {
  const server = await startTestServer({ now: () => 0, limits: { unknownKeysPerSecond: 1 } })
  onTestFinished(() => server.close())
  const statuses = []
  for (const address of ['198.51.100.1', '198.51.100.2']) {
    statuses.push(
      (await server.call(server.coupons, { key: mintApiKey(), headers: { 'x-forwarded-for': address } })).status,
    )
  }
  expect(statuses).toEqual([401, 429])
})
