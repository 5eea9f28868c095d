import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { adminOperations, adminToken, bearer, startTestAdmin, type TestAdmin } from '../support/admin.ts'
import { expectRefusal, startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let admin: TestAdmin
let now = 0
beforeAll(async () => {
  server = await startTestServer({ limits: { publicPerSecond: 1_000 } })
  admin = await startTestAdmin(server, { now: () => now })
})
afterAll(async () => {
  await admin.close()
  await server.close()
})

const filled = (template: string) => template.replace(/\{\w+\}/g, 'x')

describe('without the token', () => {
  test.each(adminOperations)('$method $path is refused', async ({ method, path }) => {
    now += 1_000
    const answer = await admin.call(filled(path), { method, headers: {} })
    expectRefusal(answer, 401, 'unauthenticated')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  test.each(['/', '/openapi.json', '/metrics', '/healthz', '/docs', '/v1/admin/nowhere', '/v1/public/me', '/%zz'])(
    'a stranger cannot tell whether there is a %s',
    async (path) => {
      now += 1_000
      expectRefusal(await admin.call(path, { headers: {} }), 401, 'unauthenticated')
    },
  )

  const attacks: [string, () => Record<string, string>][] = [
    ['another token of the same length', () => ({ authorization: `Bearer ${'x'.repeat(adminToken.length)}` })],
    ['the beginning of the token', () => ({ authorization: `Bearer ${adminToken.slice(0, -1)}` })],
    ['more than the token', () => ({ authorization: `Bearer ${adminToken}x` })],
    ['the token twice', () => ({ authorization: `Bearer ${adminToken} ${adminToken}` })],
    ['the token in capitals', () => ({ authorization: `Bearer ${adminToken.toUpperCase()}` })],
    ['the token alone', () => ({ authorization: adminToken })],
    ['the scheme alone', () => ({ authorization: 'Bearer ' })],
    ['the scheme Basic', () => ({ authorization: `Basic ${Buffer.from(`:${adminToken}`).toString('base64')}` })],
    ['the scheme Token', () => ({ authorization: `Token ${adminToken}` })],
    ['an API key', () => ({ authorization: server.key })],
    ['an API key as bearer', () => ({ authorization: `Bearer ${server.key}` })],
    ['the Stripe key', () => ({ authorization: 'Bearer sk_test_server' })],
    ['a header of another name', () => ({ 'x-api-key': adminToken })],
    ['a cookie', () => ({ cookie: `token=${adminToken}` })],
  ]
  test.each(attacks)('%s is refused', async (_, headers) => {
    now += 1_000
    expectRefusal(await admin.call('/v1/admin/status', { headers: headers() }), 401, 'unauthenticated')
  })

  test.each(['token', 'access_token', 'admin_token'])('the token in the query as %s is refused', async (name) => {
    now += 1_000
    expectRefusal(await admin.call(`/v1/admin/status?${name}=${adminToken}`, { headers: {} }), 401, 'unauthenticated')
  })
})

test.each(['Bearer ', 'bearer ', 'BEARER   '])('takes the token after %j', async (scheme) => {
  const answer = await admin.call('/v1/admin/status', { headers: { authorization: scheme + adminToken } })
  expect(answer.status).toBe(200)
})

test('an address that fails too often gets 429 for a second, and the operator at the same address does not', async () => {
  now += 10_000
  let time = 0
  // The header changes nothing: no proxy is trusted.
  const fail = () =>
    admin.call('/v1/admin/status', { headers: { authorization: 'Bearer wrong', 'x-forwarded-for': `192.0.2.${time}` } })
  for (; time < 10; time += 1) expect((await fail()).status).toBe(401)
  const limited = await fail()
  expectRefusal(limited, 429, 'rate_limited')
  expect(limited.headers.get('retry-after')).toBe('1')
  expect((await admin.call('/v1/admin/status')).status).toBe(200)
  now += 1_000
  expect((await fail()).status).toBe(401)
})

test('the token is in no line of the log', async () => {
  await admin.call('/v1/admin/status')
  await admin.call(`/v1/admin/status?token=${adminToken}`)
  await admin.call(`/v1/admin/${adminToken}`)
  expect(server.logged.join('')).toContain('/v1/admin/status')
  expect(server.logged.join('')).not.toContain(adminToken)
})

test('with the token an unknown path is 404, a wrong method 405, and the public API is elsewhere', async () => {
  expectRefusal(await admin.call('/v1/admin/nowhere'), 404, 'route_not_found')
  expectRefusal(await admin.call('/v1/admin/status', { method: 'PATCH' }), 405, 'method_not_allowed')
  expectRefusal(await admin.call('/v1/public/me'), 404, 'route_not_found')
})

test.each(adminOperations)('the public listener knows no $method $path', async ({ method, path }) => {
  const unknown = await server.call('/v1/nowhere', { method, headers: bearer })
  const answer = await server.call(filled(path), { method, headers: bearer })
  expectRefusal(answer, 404, 'route_not_found')
  expect(Object.keys(answer.body)).toEqual(Object.keys(unknown.body))
})

test('with the token the document is there, and is what the file says', async () => {
  const file = JSON.parse(readFileSync(new URL('../../openapi/admin.json', import.meta.url), 'utf8'))
  expect((await admin.call('/openapi.json')).body).toEqual(file)
})

test('metrics are served where there are any, to who has the token alone', async () => {
  expectRefusal(await admin.call('/metrics'), 404, 'route_not_found')
  const contentType = 'text/plain; version=0.0.4; charset=utf-8'
  const measured = await startTestAdmin(server, { metrics: { contentType, text: async () => 'up 1\n' } })
  onTestFinished(() => measured.close())
  expectRefusal(await measured.call('/metrics', { headers: {} }), 401, 'unauthenticated')
  const answer = await fetch(`${measured.url}/metrics`, { headers: bearer })
  expect(answer.headers.get('content-type')).toBe(contentType)
  expect(await answer.text()).toBe('up 1\n')
})
