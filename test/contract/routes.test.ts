import { METHODS } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codes } from '../../src/lib/refusal.ts'
import { operations } from '../support/document.ts'
import { expectRefusal, type TestServer, startTestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ limits: { publicPerSecond: 1_000 } })
})
afterAll(() => server.close())

const paths = [...new Set(operations.map(({ path }) => path))]
const documented = (path: string) =>
  operations.filter((operation) => operation.path === path).map(({ method }) => method)
const filled = (path: string) => path.replace(/\{\w+\}/g, 'x')

describe('a known path with a wrong method', () => {
  test.each(paths)('%s is answered with 405, and Allow names the right ones', async (path) => {
    const answer = await server.call(filled(path), { method: 'PATCH', body: {}, key: null })
    const allow = answer.headers.get('allow')?.split(', ') ?? []
    expectRefusal(answer, 405, 'method_not_allowed', { error: `This path takes ${allow.join(', ')}, not PATCH.` })
    expect(allow).toEqual(expect.arrayContaining(documented(path)))
    for (const method of allow.filter((name) => name !== 'HEAD')) {
      const found = await server.call(filled(path), { method, key: null })
      expect(found.status).not.toBe(404)
      expect(found.status).not.toBe(405)
    }
  })

  test.each(['/healthz', '/readyz', '/openapi.json', '/docs/errors'])('%s takes GET and HEAD alone', async (path) => {
    const answer = await server.call(path, { method: 'POST', body: {} })
    expectRefusal(answer, 405, 'method_not_allowed')
    expect(answer.headers.get('allow')).toBe('GET, HEAD')
  })

  test('takes no method but those that Allow names, whichever HTTP has', async () => {
    for (const method of METHODS.filter((name) => !['GET', 'HEAD', 'CONNECT'].includes(name))) {
      const answer = await server.call('/docs', { method, key: null })
      expectRefusal(answer, 405, 'method_not_allowed', { error: `This path takes GET, HEAD, not ${method}.` })
      expect(answer.headers.get('allow')).toBe('GET, HEAD')
    }
  })

  test.each([
    ['is not JSON', { raw: '{' }],
    ['is not UTF-8', { raw: Buffer.from([0xff]) }],
    ['is of another type', { raw: 'a=1', headers: { 'content-type': 'text/plain' } }],
  ])('is told so even if the body %s', async (_, body) => {
    expectRefusal(await server.call('/healthz', { method: 'POST', ...body }), 405, 'method_not_allowed')
    expectRefusal(await server.call('/nowhere', { method: 'POST', ...body }), 404, 'route_not_found')
  })

  test.each([
    ['/docs/../healthz', 404],
    ['/docs/%2e%2e/healthz', 404],
    ['/v1/public/stripe/connect/accounts/acct_1/coupons/a/../b', 404],
    ['//healthz', 404],
    ['/%68ealthz', 405],
    ['/healthz?x=/../y', 405],
  ])('%s is what the router takes it for, and nothing that a browser would make of it', async (path, status) => {
    for (const method of status === 404 ? ['GET', 'PATCH'] : ['PATCH']) {
      expect((await server.call(path, { method })).status).toBe(status)
    }
  })

  test('an unknown path stays unknown, whatever the method', async () => {
    for (const method of ['GET', 'POST', 'PATCH']) {
      expectRefusal(await server.call('/v1/public/coupons', { method }), 404, 'route_not_found')
    }
  })
})

test.each(['/healthz', '/readyz', '/openapi.json', '/llms.txt', '/docs', '/docs/errors'])(
  '%s ignores its query',
  async (path) => {
    expect((await fetch(`${server.url}${path}?x=1&limit=`)).status).toBe(200)
  },
)

test('the document leaves out what is for the operator', () => {
  expect(paths.filter((path) => !path.startsWith('/v1/public/'))).toEqual([])
})

describe('the page of errors', () => {
  test('has an entry for each code, under the name that an error’s docs link to', async () => {
    const page = await (await fetch(`${server.url}/docs/errors`)).text()
    for (const code of Object.keys(codes)) expect(page).toContain(`<tr id="${code}"><td><code>${code}</code></td>`)
  })

  test('runs nothing, and may load nothing from elsewhere', async () => {
    const answer = await fetch(`${server.url}/docs/errors`)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    )
    expect(await answer.text()).not.toMatch(/<script|src=|javascript:|\son\w+=/)
  })

  test('is what an error links to', async () => {
    const { body } = await server.call('/nowhere')
    expect(body['docs']).toBe('/docs/errors#route_not_found')
    expect((await fetch(new URL(String(body['docs']), server.url))).status).toBe(200)
  })
})
