import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.ts'

const paths = [
  '/docs',
  '/docs/page.css',
  '/docs/page.js',
  '/docs/errors',
  '/docs/postman.json',
  '/favicon.svg',
  '/openapi.json',
  '/llms.txt',
]

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ limits: { publicPerSecond: 1_000 } })
})
afterAll(() => server.close())

/** As undici's `request` gives it: not decompressed. */
const get = async (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => {
  const answer = await request(server.url + path, { method, headers })
  return { ...answer, bytes: Buffer.from(await answer.body.arrayBuffer()) }
}

describe.each(paths)('%s', (path) => {
  test('comes as the caller can read it, always with the same content', async () => {
    const plain = await get(path)
    expect(plain.headers).not.toHaveProperty('content-encoding')
    const br = await get(path, { 'accept-encoding': 'gzip, br' })
    expect(br.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' })
    expect(brotliDecompressSync(br.bytes).equals(plain.bytes)).toBe(true)
    const gzip = await get(path, { 'accept-encoding': 'br;q=0, gzip;q=0.5' })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true)
    const tags = [plain, br, gzip].map(({ headers }) => headers['etag'])
    expect(new Set(tags).size).toBe(3)
    for (const tag of tags) expect(tag).toMatch(/^"[^"]+"$/)
  })

  test('is not sent again to a caller who has it', async () => {
    const { headers } = await get(path)
    const tag = String(headers['etag'])
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await get(path, { 'if-none-match': known })
      expect(again.statusCode).toBe(304)
      expect(again.bytes).toHaveLength(0)
      expect(again.headers).toMatchObject({
        etag: tag,
        'cache-control': headers['cache-control'],
        vary: 'accept-encoding',
      })
    }
    expect((await get(path, { 'if-none-match': '"other"' })).statusCode).toBe(200)
    expect((await get(path, { 'if-none-match': tag, 'accept-encoding': 'gzip' })).statusCode).toBe(200)
  })

  test('answers HEAD with its length and no body', async () => {
    const whole = await get(path)
    const head = await get(path, {}, 'HEAD')
    expect(head.headers['content-length']).toBe(String(whole.bytes.length))
    expect(head.bytes).toHaveLength(0)
  })

  test('may be kept by caches', async () => {
    expect((await get(path)).headers['cache-control']).toMatch(/^(no-cache|public, max-age=\d+)$/)
  })
})

test('a client that asks for public pages too often is told to wait; others and probes are not', async () => {
  const limited = await startTestServer({ now: () => 0, trustProxy: '127.0.0.0/8', limits: { publicPerSecond: 2 } })
  onTestFinished(() => limited.close())
  const ask = (address: string, path = '/openapi.json') =>
    limited.call(path, { headers: { 'x-forwarded-for': address }, key: null })
  const answers = [await ask('192.0.2.1'), await ask('192.0.2.1'), await ask('192.0.2.1')]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
  expect(answers[2]?.body).toMatchObject({ code: 'rate_limited', retryable: true })
  expect(answers[2]?.headers.get('retry-after')).toBe('1')
  expect((await ask('192.0.2.2')).status).toBe(200)
  for (let count = 0; count < 5; count += 1) {
    expect((await ask('192.0.2.1', '/healthz')).status).toBe(200)
    expect((await ask('192.0.2.1', '/readyz')).status).toBe(200)
  }
  expect((await limited.call(limited.coupons, { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(200)
})

test('/ leads to the reference', async () => {
  const answer = await get('/')
  expect(answer.statusCode).toBe(302)
  expect(answer.headers['location']).toBe('/docs')
})

describe('the demo key', () => {
  const demo = { apiKey: 'CD.demo', accountId: 'acct_demo' }
  const browser = { 'sec-fetch-site': 'same-origin' }
  let withDemo: TestServer
  beforeAll(async () => {
    withDemo = await startTestServer({ demo: () => demo, limits: { publicPerSecond: 1_000 } })
  })
  afterAll(() => withDemo.close())
  const ask = (headers: Record<string, string>) => withDemo.call('/docs/demo.json', { key: null, headers })

  test('is given to the page in a browser on the same machine', async () => {
    for (const host of ['127.0.0.1:3000', 'localhost', '[::1]:80']) {
      const { status, headers, body } = await ask({ ...browser, host })
      expect({ status, body }).toEqual({ status: 200, body: { api_key: 'CD.demo', account_id: 'acct_demo' } })
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })

  test.each([
    ['a program', {}],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a site on another port', { 'sec-fetch-site': 'same-site' }],
    ['a page whose name points here', { ...browser, host: 'attacker.example' }],
    ['a proxy', { ...browser, 'x-forwarded-for': '203.0.113.7' }],
    ['a proxy after RFC 7239', { ...browser, forwarded: 'for=203.0.113.7' }],
  ])('is not given to %s', async (_, headers) => {
    const { status, body } = await ask({ host: 'localhost', ...headers })
    expect({ status, code: body['code'] }).toEqual({ status: 403, code: 'not_allowed' })
    expect(JSON.stringify(body)).not.toContain('CD.demo')
  })

  test('has no route on a server without a demo', async () => {
    expect((await server.call('/docs/demo.json', { key: null, headers: browser })).status).toBe(404)
  })
})
