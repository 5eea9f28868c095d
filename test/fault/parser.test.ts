import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Type } from 'typebox'
import { expect, onTestFinished, test } from 'vitest'
import type { CompleteRefusal } from '../../src/http/errors.ts'
import { createLog } from '../../src/http/log.ts'
import { defaultLimits } from '../../src/http/limits/limits.ts'
import { createServer } from '../../src/http/server.ts'

type Line = Record<string, unknown>

/** A server with one route, which takes JSON; what it logs; what it answers to bytes, until it closes the connection. */
async function open(
  arrival?: { requestTimeout: number; headersTimeout: number },
  complete?: CompleteRefusal,
  more?: { publicPerSecond: number },
) {
  const logged: Line[] = []
  const log = createLog('info', { write: (line: string) => void logged.push(JSON.parse(line)) })
  const limits = { ...defaultLimits, ...more }
  const server = createServer(log, {
    limits,
    now: () => 0,
    ...(arrival && { arrival }),
    ...(complete && { complete }),
  })
  server.post('/echo/:id', {
    config: { access: 'public' },
    schema: {
      operationId: 'echo',
      querystring: Type.Object({}),
      response: { 200: Type.Object({ id: Type.String() }) },
    },
    handler: async () => ({ id: 'echoed' }),
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const { port } = server.server.address() as AddressInfo

  const exchange = async (bytes: string) => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(bytes)
    return (await socket.setEncoding('utf8').toArray()).join('')
  }
  const send = async (bytes: string) => {
    const said = await exchange(bytes)
    const [head = ''] = said.split('\r\n\r\n')
    return { head, body: JSON.parse(said.slice(said.lastIndexOf('\r\n\r\n'))) as Line }
  }
  return { exchange, send, logged, requests: () => logged.filter(({ msg }) => msg === 'request') }
}

const head = 'POST /echo/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n'
const brief = { requestTimeout: 300, headersTimeout: 200 }

test.each<[string, string, number, string, typeof brief | undefined]>([
  ['bytes that are no request', 'GARBAGE\r\n\r\n', 400, 'invalid_request', undefined],
  ['half a header that never ends', 'POST /echo/1 HTTP/1.1\r\nHo', 408, 'request_timeout', brief],
  ['half a body that never ends', `${head}Content-Length: 100\r\n\r\n{"da`, 408, 'request_timeout', brief],
  [
    'a body whose chunks are none',
    `${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
    400,
    'invalid_request',
    undefined,
  ],
  ['headers that are too large', `${head}A: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large', undefined],
  ['no Host', head.replace('Host: x\r\n', '') + '\r\n', 400, 'invalid_request', undefined],
  ['two Hosts', `${head}Host: y\r\n\r\n`, 400, 'invalid_request', undefined],
  ['an Expect that nobody knows', `${head}Expect: 200-ok\r\n\r\n`, 400, 'invalid_request', undefined],
  ['a malformed path', head.replace('/1', '/%zz') + '\r\n', 400, 'invalid_request', undefined],
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n', 404, 'route_not_found', undefined],
])('%s: refused in the one body, with one line in the log', async (_, bytes, status, code, times) => {
  const { send, logged, requests } = await open(times)
  const answer = await send(bytes)
  expect(answer.head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer.head).toMatch(/^content-type: application\/json/im)
  expect(answer.body).toMatchObject({ code, outcome: 'not_applied', error: expect.any(String) })
  const requestId = answer.body['request_id']
  expect(answer.head.toLowerCase()).toContain(`request-id: ${String(requestId)}`)
  await expect.poll(requests).toMatchObject([{ request_id: requestId, status, code }])
  // Nothing beside it: no warning of a second answer.
  expect(logged.filter(({ level }) => level !== 30)).toEqual([])
})

test.each([
  ['what is not HTTP', 'GARBAGE\r\n\r\n'],
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n'],
])('%s is limited by client address: beyond that it gets no answer, and one log line for all', async (_, bytes) => {
  const { exchange, logged, requests } = await open(undefined, undefined, { publicPerSecond: 2 })
  for (const answer of [/^HTTP/, /^HTTP/, /^$/, /^$/]) expect(await exchange(bytes)).toMatch(answer)
  expect(requests()).toHaveLength(2)
  expect(logged.filter(({ level }) => level === 40)).toMatchObject([{ count: 1, last_address: '127.0.0.1' }])
})

test('a write whose body never ends is told what is known of its change, like every refusal', async () => {
  const { send } = await open(brief, async (_, refusal) => refusal.withOutcome('applied', 'It was made before.'))
  const { body } = await send(`${head}Idempotency-Key: order-1\r\nContent-Length: 100\r\n\r\n{"da`)
  expect(body).toMatchObject({ code: 'request_timeout', outcome: 'applied' })
})

test.each([
  ['HTTP/1.0 needs no Host', head.replace('HTTP/1.1\r\nHost: x', 'HTTP/1.0') + '\r\n'],
  ['100-continue is kept', `${head}Expect: 100-Continue\r\n\r\n`],
])('%s', async (_, bytes) => {
  const { send } = await open()
  expect((await send(bytes)).head).toMatch(/^HTTP\/1.1 (100|200) /)
})
