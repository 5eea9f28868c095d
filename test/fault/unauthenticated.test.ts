import { expect, onTestFinished, test, vi } from 'vitest'
import { dial } from '../support/raw.ts'
import { expectRefusal, type Options, startTestServer } from '../support/server.ts'

const start = async (options: Options = {}) => {
  const server = await startTestServer(options)
  onTestFinished(() => server.close())
  return server
}
const header = (path: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`

test.each([
  ['an unknown path', '/nope', 404, 'route_not_found'],
  ['a wrong method', '/healthz', 405, 'method_not_allowed'],
])('%s is refused before its body has come, and the connection closed', async (_, path, status, code) => {
  const server = await start()
  for (const announced of [
    'Content-Length: 500000\r\n\r\n{"half',
    'Transfer-Encoding: chunked\r\n\r\n6\r\n{"half\r\n',
  ]) {
    const socket = dial(server)
    socket.write(header(path) + announced)
    const said = (await socket.toArray()).join('')
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(said).toMatch(/^connection: close\r$/im)
    expect(JSON.parse(said.slice(said.indexOf('{')))).toMatchObject({ code })
  }
})

test('the body of a request that has no route is not parsed', async () => {
  const server = await start()
  const parse = vi.spyOn(JSON, 'parse')
  onTestFinished(() => parse.mockRestore())
  const raw = '{"unparsed": true}'
  await server.call('/nope', { method: 'POST', raw, key: null })
  await server.call('/healthz', { method: 'POST', raw, key: null })
  expect(parse.mock.calls.filter(([text]) => text === raw)).toEqual([])
})

test('a body costs no call for each of its values, whatever escapes are in it', async () => {
  const server = await start()
  const parse = vi.spyOn(JSON, 'parse')
  onTestFinished(() => parse.mockRestore())
  const raw = String.raw`["\ud83d\ude00", 1, 1, 1]`
  expectRefusal(await server.call(server.coupons, { method: 'POST', raw }), 400, 'invalid_request')
  const calls = parse.mock.calls.filter(([text]) => text === raw)
  expect(calls).not.toEqual([])
  expect(calls.filter(([, reviver]) => typeof reviver === 'function')).toEqual([])
})

test('requests that have no route are limited by client address, and keep neither probes nor agencies waiting', async () => {
  const server = await start({ now: () => 0, trustProxy: '127.0.0.1', limits: { publicPerSecond: 2 } })
  const from = (address: string, path: string, method = 'GET', key: string | null = null) =>
    server.call(path, { method, key, headers: { 'x-forwarded-for': address } })
  const attacker = '198.51.100.1'
  expectRefusal(await from(attacker, '/nope'), 404, 'route_not_found')
  expectRefusal(await from(attacker, '/healthz', 'POST'), 405, 'method_not_allowed')
  for (const [path, method] of [
    ['/nope', 'GET'],
    ['/nope', 'POST'],
    ['/healthz', 'QUERY'],
    ['/%zz', 'GET'],
  ] as const) {
    const refused = await from(attacker, path, method)
    expectRefusal(refused, 429, 'rate_limited')
    expect(refused.headers.get('retry-after')).toBe('1')
  }
  expectRefusal(await from('203.0.113.7', '/nope'), 404, 'route_not_found')
  expectRefusal(await from('203.0.113.7', '/%zz'), 400, 'invalid_request', { param: 'path' })
  expect((await from(attacker, '/healthz')).status).toBe(200)
  expect((await from(attacker, server.coupons, 'GET', server.key)).status).toBe(200)
})
