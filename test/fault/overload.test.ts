import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { expectRefusal, type Options, startTestServer, type Tenant, type TestServer } from '../support/server.ts'
import { openStub, succeed } from '../support/stripe-stub.ts'

/** A server on a Stripe that answers calls on these accounts only once `release` is called. */
const startHeld = async (options: Options = {}) => {
  const held = new Set<string>()
  const waiting: (() => void)[] = []
  const stub = await openStub((response, seen) => {
    const answer = () => succeed(response, seen)
    if (held.has(String(seen.headers['stripe-account']))) waiting.push(answer)
    else answer()
  })
  const server = await startTestServer({ stripe: stub.origin, timeoutMs: 60_000, retriesMax: 0, ...options })
  const release = () => {
    held.clear()
    for (const answer of waiting.splice(0)) answer()
  }
  onTestFinished(async () => {
    release()
    await server.close()
    await stub.close()
  })
  return { server, held, waiting, release }
}

const create = (server: TestServer, { key, coupons }: Pick<Tenant, 'key' | 'coupons'>) =>
  server.call(coupons, { method: 'POST', key, body: { data: { percent_off: 10 } } })

test('beyond so many requests at once the server refuses agencies, and says that nothing was done', async () => {
  const { server, held, waiting, release } = await startHeld({ limits: { requestsMax: 2 } })
  held.add(server.accountId)
  const running = [create(server, server), create(server, server)]
  await expect.poll(() => waiting.length).toBe(2)
  const refused = await create(server, server)
  expectRefusal(refused, 503, 'unavailable', { outcome: 'not_applied', retryable: true })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect((await server.call('/healthz')).status).toBe(200)
  expect((await server.call('/readyz')).status).toBe(200)
  expect((await server.call('/openapi.json')).status).toBe(200)
  expect(server.logged.filter((line) => line.includes('stack'))).toEqual([])
  release()
  for (const answer of await Promise.all(running)) expect(answer.status).toBe(201)
  await expect.poll(async () => (await create(server, server)).status).toBe(201)
})

test('an agency with all its requests in progress is told to wait, and no other agency is', async () => {
  const { server, held, waiting } = await startHeld({ limits: { requestsPerAgencyMax: 2 } })
  const other = await server.openTenant()
  held.add(server.accountId)
  void create(server, server)
  void create(server, server)
  await expect.poll(() => waiting.length).toBe(2)
  const refused = await create(server, server)
  const error = 'Your agency has 2 requests in progress. Retry when some have ended.'
  expectRefusal(refused, 429, 'rate_limited', { outcome: 'not_applied', error })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect((await create(server, other)).status).toBe(201)
})

test('hanging up frees no slot: the work that was begun goes on, and counts until it has ended', async () => {
  const { server, held, waiting, release } = await startHeld({ limits: { requestsPerAgencyMax: 1 } })
  held.add(server.accountId)
  const body = '{"data":{"percent_off":10}}'
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write(
    `POST ${server.coupons} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.key}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await expect.poll(() => waiting.length).toBe(1)
  socket.destroy()
  await expect.poll(() => server.logged.join('')).toContain('"hung_up":true')
  expectRefusal(await create(server, server), 429, 'rate_limited')
  release()
  await expect.poll(async () => (await create(server, server)).status).toBe(201)
})

test('an agency whose calls all hang leaves sockets to Stripe for the others', async () => {
  const { server, held, waiting } = await startHeld()
  const other = await server.openTenant()
  const coupons = [server.coupons]
  held.add(server.accountId)
  while (coupons.length < 8) {
    const accountId = await server.connectAnother(server.agencyId)
    held.add(accountId)
    coupons.push(server.coupons.replace(server.accountId, accountId))
  }
  const hanging = coupons.flatMap((path) => Array.from({ length: 20 }, () => server.call(`${path}?query=summer`)))
  for (const answer of hanging) answer.catch(() => {})
  await expect.poll(() => waiting.length).toBe(64)
  for (let index = 0; index < 10; index += 1) expect((await create(server, other)).status).toBe(201)
  expect(waiting).toHaveLength(64)
})

test('a call that waited too long for its turn was never sent, which the caller is told', async () => {
  const { server, held, waiting } = await startHeld({ queueLimits: { callsPerAccountMax: 1, waitMsMax: 50 } })
  held.add(server.accountId)
  void create(server, server)
  await expect.poll(() => waiting.length).toBe(1)
  const refused = await create(server, server)
  expectRefusal(refused, 503, 'unavailable', { outcome: 'not_applied', retryable: true })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(waiting).toHaveLength(1)
})

test('the deadline of a call begins when it is sent, however long it waited for its turn', async () => {
  const { server, held, waiting, release } = await startHeld({
    queueLimits: { callsPerAccountMax: 1 },
    timeoutMs: 3_000,
  })
  held.add(server.accountId)
  const first = create(server, server)
  await expect.poll(() => waiting.length).toBe(1)
  const second = create(server, server)
  expectRefusal(await first, 504, 'stripe_timeout')
  release()
  expect((await second).status).toBe(201)
})
