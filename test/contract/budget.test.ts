import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { expectRefusal, fill, type Options, startTestServer } from '../support/server.ts'

afterEach(() => void vi.useRealTimers())

/** A server whose clock of budgets stands still until it is set on. */
const start = async (options: Options) => {
  const clock = { ms: 1_000 }
  const server = await startTestServer({ now: () => clock.ms, ...options })
  onTestFinished(() => server.close())
  return { server, clock }
}

test('every answer says what is left, what goes beyond is refused, and a second later it is back', async () => {
  const { server, clock } = await start({ rateLimitPerSecond: 2 })
  const other = await server.openTenant()
  const ask = () => server.call(server.coupons)
  for (const left of ['1', '0']) {
    const { headers, status } = await ask()
    expect(status).toBe(200)
    expect(headers.get('ratelimit-policy')).toBe('"agency";q=2;w=1')
    expect(headers.get('ratelimit')).toBe(`"agency";r=${left};t=1`)
  }
  const refused = await ask()
  expectRefusal(refused, 429, 'rate_limited', { retryable: true })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.headers.get('ratelimit')).toBe('"agency";r=0;t=1')
  expect((await server.call(other.coupons, { key: other.key })).status).toBe(200)
  clock.ms += 1_000
  expect((await ask()).status).toBe(200)
})

test('a search pays for each page that it reads, and stops where the budget ends', async () => {
  const { server, clock } = await start({ rateLimitPerSecond: 3 })
  await fill(server, 450)
  const search = (after = '') => server.call(`${server.coupons}?query=nothing${after}`)
  const first = await search()
  expect(first.body).toMatchObject({ data: [], has_more: true, search: { searched: 300, bound_reached: true } })
  expect(first.headers.get('ratelimit')).toBe('"agency";r=0;t=1')
  clock.ms += 1_000
  const second = await search(`&starting_after=${String(first.body['next_cursor'])}`)
  expect(second.body).toMatchObject({ has_more: false, search: { searched: 150, bound_reached: false } })
  expect(second.headers.get('ratelimit')).toBe('"agency";r=1;t=1')
})

test('a list of accounts pays for each account, and where the budget ends the page does', async () => {
  const { server, clock } = await start({ rateLimitPerSecond: 3 })
  const own = [server.accountId]
  while (own.length < 5) own.push(await server.connectAnother(server.agencyId))
  const list = (query = '') => server.call(`/v1/public/stripe/connect/accounts${query}`)
  const first = await list()
  expect(first.body['data']).toHaveLength(3)
  expect(first.body['has_more']).toBe(true)
  clock.ms += 1_000
  const rest = await list(`?starting_after=${String(first.body['next_cursor'])}`)
  expect(rest.body).toMatchObject({ has_more: false, next_cursor: null })
  const ids = [first, rest].flatMap(({ body }) => (body['data'] as { id: string }[]).map(({ id }) => id))
  expect(new Set(ids)).toEqual(new Set(own))
  expect(ids).toHaveLength(5)
  expect(rest.headers.get('ratelimit')).toBe('"agency";r=1;t=1')
})

test('an agency without accounts gets an empty list', async () => {
  const { server } = await start({ rateLimitPerSecond: 3 })
  await createAccounts(server.database, 'sandbox').disconnect(server.accountId)
  const { body } = await server.call('/v1/public/stripe/connect/accounts')
  expect(body).toEqual({ data: [], has_more: false, next_cursor: null })
})

test.each([
  ['back', -3_600_000],
  ['forward', 3_600_000],
])('a wall clock that is set %s by an hour changes no budget', async (_, step) => {
  const { server, clock } = await start({ rateLimitPerSecond: 1 })
  vi.useFakeTimers({ toFake: ['Date'] })
  expect((await server.call(server.coupons)).status).toBe(200)
  vi.setSystemTime(Date.now() + step)
  const refused = await server.call(server.coupons)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('1')
  clock.ms += 1_000
  expect((await server.call(server.coupons)).status).toBe(200)
})
