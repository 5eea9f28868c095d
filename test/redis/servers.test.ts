import { describe, expect, onTestFinished, test } from 'vitest'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { openKeys, redisUrl, skipped } from '../support/redis.ts'
import { expectRefusal, type Options, startTestServer } from '../support/server.ts'
import { openStub, succeed } from '../support/stripe-stub.ts'
import { openProxy } from '../support/tcp-proxy.ts'

/** Two servers on one database and one Redis, each with a connection of its own. */
const start = async (options: Options = {}, url?: string) => {
  const keys = await openKeys()
  const open = () => keys.open(url === undefined ? {} : { url })
  const server = await startTestServer({ ...options, shared: await open() })
  onTestFinished(() => server.close())
  const second = await server.openSecondServer({ ...options, shared: await open() })
  return { server, keys, urls: [server.url, second] as const }
}
const left = (answer: { headers: Headers }) => answer.headers.get('ratelimit')

describe.skipIf(redisUrl === undefined)(`servers that share a Redis ${skipped}`, () => {
  test('grant an agency one budget, and say what is left of it', async () => {
    const { server, keys, urls } = await start({ rateLimitPerSecond: 10 })
    const ask = (index: number) => server.call(server.coupons, {}, urls[index % 2])
    expect(left(await ask(0))).toMatch(/^"agency";r=9;t=\d+$/)
    expect(left(await ask(1))).toMatch(/^"agency";r=8;t=\d+$/)
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => ask(index)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(8)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(22)
    for (const { headers } of refused) {
      const reset = /t=(\d+)$/.exec(headers.get('ratelimit') ?? '')?.[1]
      expect(headers.get('retry-after')).toBe(reset)
    }
    await keys.giveBack()
    expect((await ask(0)).status).toBe(200)
  })

  test('count the further calls of a request in the same budget', async () => {
    const { server, urls } = await start({ rateLimitPerSecond: 5 })
    await server.connectAnother(server.agencyId)
    const accounts = '/v1/public/stripe/connect/accounts'
    expect(left(await server.call(accounts, {}, urls[0]))).toMatch(/r=3;/)
    expect(left(await server.call(accounts, {}, urls[1]))).toMatch(/r=1;/)
  })

  test('count the requests in progress of an agency together, until each has ended', async () => {
    const waiting: (() => void)[] = []
    const stub = await openStub((response, seen) => void waiting.push(() => succeed(response, seen)))
    onTestFinished(stub.close)
    const options = { stripe: stub.origin, timeoutMs: 60_000, retriesMax: 0, limits: { requestsPerAgencyMax: 2 } }
    const { server, urls } = await start(options)
    const create = (url: string) =>
      server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } }, url)
    const running = [create(urls[0]), create(urls[1])]
    await expect.poll(() => waiting.length).toBe(2)
    for (const url of urls) expectRefusal(await create(url), 429, 'rate_limited', { outcome: 'not_applied' })
    for (const answer of waiting.splice(0)) answer()
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(201)
    const next = create(urls[0])
    await expect.poll(() => waiting.length).toBe(1)
    waiting[0]?.()
    expect((await next).status).toBe(201)
  })

  test('limit unknown keys and public pages of an address together, and take nothing from keys that exist', async () => {
    const { server, urls } = await start({ limits: { unknownKeysPerSecond: 4, publicPerSecond: 4 } })
    for (let count = 0; count < 6; count += 1)
      expect((await server.call(server.coupons, {}, urls[count % 2])).status).toBe(200)
    const statuses = async (path: string, key: () => string | null) => {
      const all = []
      for (let count = 0; count < 6; count += 1)
        all.push((await server.call(path, { key: key() }, urls[count % 2])).status)
      return all
    }
    expect(await statuses(server.coupons, mintApiKey)).toEqual([401, 401, 401, 401, 429, 429])
    expect(await statuses('/openapi.json', () => null)).toEqual([200, 200, 200, 200, 429, 429])
  })

  test('keep their own limits while Redis is down, and refuse nobody for it', async () => {
    const proxy = await openProxy(new URL(redisUrl ?? ''))
    onTestFinished(() => proxy.close())
    const { server, urls } = await start({ rateLimitPerSecond: 2, now: () => 1_000 }, proxy.url)
    proxy.close()
    const statuses = async (url: string) => {
      const all = []
      for (let count = 0; count < 3; count += 1) all.push((await server.call(server.coupons, {}, url)).status)
      return all
    }
    expect(await statuses(urls[0])).toEqual([200, 200, 429])
    expect(await statuses(urls[1])).toEqual([200, 200, 429])
  })
})
