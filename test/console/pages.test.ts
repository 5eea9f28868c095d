import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { expectRefusal, startTestServer, type TestServer } from '../support/server.ts'

const html = '<!doctype html><title>Console</title>\n'
const script = 'export const answer = 42\n'
const font = Buffer.from([0x77, 0x4f, 0x46, 0x32, 0xff, 0x00])

let folder: string
let server: TestServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chatdash-console-'))
  mkdirSync(join(folder, 'dist/assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.js'), 'secret')
  writeFileSync(join(folder, 'dist/index.html'), html)
  writeFileSync(join(folder, 'dist/logo.svg'), '<svg/>')
  writeFileSync(join(folder, 'dist/.env'), 'secret')
  writeFileSync(join(folder, 'dist/assets/main-1a2b.js'), script)
  writeFileSync(join(folder, 'dist/assets/main-1a2b.js.map'), 'secret')
  writeFileSync(join(folder, 'dist/assets/text-1a2b.woff2'), font)
  server = await startTestServer({ consoleFolder: join(folder, 'dist'), limits: { publicPerSecond: 1_000 } })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** As undici's `request` gives it: not decompressed. */
const get = async (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => {
  const answer = await request(server.url + path, { method, headers })
  return { ...answer, bytes: Buffer.from(await answer.body.arrayBuffer()) }
}

describe('the page', () => {
  test.each([
    '/console/',
    '/console/acct_1/coupons',
    '/console/acct_1/coupons/SUMMER%2F20?query=x&after=y',
    '/console/keys/',
  ])('is what %s answers', async (path) => {
    const { statusCode, headers, bytes } = await get(path)
    expect({ statusCode, text: String(bytes) }).toEqual({ statusCode: 200, text: html })
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
  })

  test('runs and loads nothing but files of this server, and is shown in no frame', async () => {
    const { headers } = await get('/console/')
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' })
    const policy = String(headers['content-security-policy']).split('; ')
    expect(policy).toEqual(expect.arrayContaining(["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]))
    expect(policy.join()).not.toMatch(/unsafe|data:|http|\*/)
  })

  test('is found from /console', async () => {
    const { statusCode, headers } = await get('/console')
    expect({ statusCode, location: headers['location'] }).toEqual({ statusCode: 302, location: '/console/' })
  })

  test('is not sent again to a browser that has it', async () => {
    const { headers } = await get('/console/acct_1/overview')
    const again = await get('/console/', { 'if-none-match': String(headers['etag']) })
    expect({ status: again.statusCode, length: again.bytes.length }).toEqual({ status: 304, length: 0 })
  })

  test('answers HEAD with its length and no body', async () => {
    const head = await get('/console/acct_1/coupons', {}, 'HEAD')
    expect({ length: head.headers['content-length'], bytes: head.bytes.length }).toEqual({
      length: String(html.length),
      bytes: 0,
    })
  })
})

describe('a file', () => {
  test('whose name changes with its content is kept for ever, and comes compressed', async () => {
    const { headers, bytes } = await get('/console/assets/main-1a2b.js', { 'accept-encoding': 'br' })
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': 'br',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    })
    expect(String(brotliDecompressSync(bytes))).toBe(script)
  })

  test('that is no text comes byte for byte', async () => {
    const { headers, bytes } = await get('/console/assets/text-1a2b.woff2')
    expect(headers['content-type']).toBe('font/woff2')
    expect(bytes.equals(font)).toBe(true)
  })

  test('with a fixed name is asked for again', async () => {
    expect((await get('/console/logo.svg')).headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'no-cache',
    })
  })

  test.each([
    '/console/assets/main-0000.js',
    '/console/assets/main-1a2b.js.map',
    '/console/assets',
    '/console/assets/',
    '/console/../secret.js',
    '/console/%2e%2e/secret.js',
    '/console/..%2fsecret.js',
    '/console/assets/../../secret.js',
    '/console/assets/..%2f..%2fsecret.js',
    '/console/./logo.svg',
    '/console//logo.svg',
    '/console//etc/passwd',
    '/console/..',
  ])('is not found at %s', async (path) => {
    expectRefusal(await server.call(path, { key: null }), 404, 'route_not_found')
  })

  test.each(['/console/.env', '/console/index.html', '/console/secret.js'])(
    '%s is the page, not what the folder may have under this name',
    async (path) => {
      expect(String((await get(path)).bytes)).toBe(html)
    },
  )
})

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not taken', async (method) => {
  const answer = await server.call('/console/acct_1/coupons', { method, key: null })
  expectRefusal(answer, 405, 'method_not_allowed')
  expect(answer.headers.get('allow')).toBe('GET, HEAD')
})

test('without a build the page says how to make one, and the API works', async () => {
  const bare = await startTestServer({ consoleFolder: join(folder, 'nowhere') })
  onTestFinished(() => bare.close())
  expectRefusal(await bare.call('/console/', { key: null }), 404, 'route_not_found', {
    error: expect.stringContaining('npm run build --workspace console'),
  })
  expect((await bare.call(bare.coupons)).status).toBe(200)
})

test('pages are limited by client address', async () => {
  const limited = await startTestServer({
    now: () => 0,
    consoleFolder: join(folder, 'dist'),
    limits: { publicPerSecond: 1 },
  })
  onTestFinished(() => limited.close())
  expect((await request(`${limited.url}/console/`)).statusCode).toBe(200)
  expectRefusal(await limited.call('/console/', { key: null }), 429, 'rate_limited')
})
