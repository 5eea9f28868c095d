import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../../src/metrics/metrics.ts'
import { scrape, valueOf } from '../support/metrics.ts'
import { createRequest, dial } from '../support/raw.ts'
import type { Options } from '../support/server.ts'
import { startServerOnStub } from '../support/server-on-stub.ts'
import { hang, hold, type openStub, reset, stripeError, succeed } from '../support/stripe-stub.ts'

const open = async (behaviours: Parameters<typeof openStub>, options: Omit<Options, 'stripe' | 'observer'> = {}) => {
  const metrics = createMetrics('sandbox')
  const opened = await startServerOnStub(behaviours, { timeoutMs: 60_000, ...options, observer: metrics })
  const value = (name: string, labels?: Record<string, string>) => valueOf(metrics, `chatdash_${name}`, labels)
  return { ...opened, metrics, value }
}
const create = { operation: 'createCoupon' }
const endpoint = 'POST /v1/coupons'

test('a request is counted by its operation, its status and its code, once it has ended', async () => {
  const { create: send, server, value } = await open([succeed])
  await send()
  await send()
  await server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 101 } } })
  await server.call('/nowhere')
  await expect.poll(() => value('requests_total', { ...create, status: '201', code: '' })).toBe(2)
  await expect.poll(() => value('requests_total', { ...create, status: '400', code: 'invalid_request' })).toBe(1)
  await expect.poll(() => value('requests_total', { operation: 'none', code: 'route_not_found' })).toBe(1)
  await expect.poll(() => value('request_duration_seconds_count', create)).toBe(3)
  expect(await value('requests_in_progress')).toBe(0)
})

test('no label names an agency, a key, an account or an object', async () => {
  const { create: send, server, metrics } = await open([succeed])
  await send('order-1')
  await server.call(`${server.coupons}/SUMMER20`)
  await expect.poll(() => valueOf(metrics, 'chatdash_requests_total', create)).toBe(1)
  const text = await metrics.text()
  for (const id of [server.agencyId, server.keyId, server.accountId, server.key, 'order-1', 'SUMMER20', 'STUB']) {
    expect(text).not.toContain(id)
  }
})

test('a request is in progress until it is answered, and 499 where the caller hung up before', async () => {
  const { behave, release } = hold()
  const { stub, server, value } = await open([behave])
  onTestFinished(() => release())
  const socket = dial(server)
  socket.write(createRequest(server))
  await expect.poll(() => stub.seen.length).toBe(1)
  expect(await value('requests_in_progress')).toBe(1)
  expect(await value('stripe_calls_in_flight')).toBe(1)
  socket.destroy()
  await expect.poll(() => value('requests_total', { ...create, status: '499', code: '' })).toBe(1)
  expect(await value('requests_in_progress')).toBe(0)
})

test('what is refused before any route is chosen is counted too', async () => {
  const { server, value } = await open([succeed])
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')
  expect((await socket.setEncoding('utf8').toArray()).join('')).toMatch(/^HTTP\/1.1 400 /)
  await expect.poll(() => value('requests_total', { status: '400', code: 'invalid_request' })).toBe(1)
})

test.each<[string, Omit<Options, 'stripe' | 'observer'>, string]>([
  ['the budget of an agency', { rateLimitPerSecond: 1, now: () => 0 }, 'agency_budget'],
  ['the requests of an agency in progress', { limits: { requestsPerAgencyMax: 1 } }, 'agency_requests'],
  ['all requests in progress', { limits: { requestsMax: 1 } }, 'requests'],
  [
    'the calls to Stripe that may wait',
    { queueLimits: { callsPerAccountMax: 1, waitingPerAgencyMax: 0 } },
    'stripe_queue',
  ],
])('a request that is refused for %s is counted by that limit', async (_, options, limit) => {
  const { behave, release } = hold()
  const { create: send, stub, value } = await open([behave], options)
  const first = send()
  await expect.poll(() => stub.seen.length).toBe(1)
  expect((await send()).status).toBeGreaterThanOrEqual(429)
  await expect.poll(() => value('requests_limited_total', { limit })).toBe(1)
  release()
  expect((await first).status).toBe(201)
})

test('a call to Stripe is counted by its endpoint and its code, with its retries', async () => {
  const { create: send, value } = await open([reset, succeed, stripeError(404, { code: 'resource_missing' })])
  await send()
  expect(await value('stripe_calls_total', { endpoint, code: '' })).toBe(1)
  expect(await value('stripe_retries_total', { endpoint })).toBe(1)
  await send()
  expect(await value('stripe_calls_total', { endpoint, code: 'not_found' })).toBe(1)
  expect(await value('stripe_call_duration_seconds_count', { endpoint })).toBe(2)
  expect(await value('stripe_queue_seconds_count')).toBe(2)
  expect(await value('stripe_unknown_outcomes_total', { endpoint })).toBe(0)
})

test('a change whose answer was lost is counted as unknown', async () => {
  const { create: send, value } = await open([hang], { timeoutMs: 50, retriesMax: 0 })
  await send()
  expect(await value('stripe_calls_total', { endpoint, code: 'stripe_timeout' })).toBe(1)
  expect(await value('stripe_unknown_outcomes_total', { endpoint })).toBe(1)
})

test('a call that waits for its turn is waiting, and not in flight', async () => {
  const { behave, release } = hold()
  const { create: send, stub, value } = await open([behave], { queueLimits: { callsPerAccountMax: 1 } })
  const both = [send(), send()]
  await expect.poll(() => value('stripe_calls_waiting')).toBe(1)
  expect(await value('stripe_calls_in_flight')).toBe(1)
  expect(stub.seen).toHaveLength(1)
  release()
  await Promise.all(both)
  expect(await value('stripe_calls_waiting')).toBe(0)
  expect(await value('stripe_calls_in_flight')).toBe(0)
})

test('the process tells its version and how late its event loop is', async () => {
  const samples = await scrape(createMetrics('live'))
  expect(samples).toContainEqual({
    name: 'chatdash_build_info',
    labels: { version: expect.stringMatching(/^\d+\.\d+\.\d+/), mode: 'live' },
    value: 1,
  })
  expect(samples.map(({ name }) => name)).toContain('nodejs_eventloop_lag_p99_seconds')
})
