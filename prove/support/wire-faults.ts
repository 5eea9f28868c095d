import { sleep } from '../../src/lib/sleep.ts'
import type { WireRequest, WireResponse } from '../../src/lib/wire.ts'
import type { Exchange } from './wire.ts'

type Play = (exchange: Exchange) => Promise<void> | void

/** The server's STRIPE_TIMEOUT_MS in `faults`. */
export const timeoutMs = 500
const late = timeoutMs + 150

const json = { 'content-type': 'application/json' }
const html = { 'content-type': 'text/html' }
const page = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>'
const answer = (status: number, headers: Record<string, string>, body: string): WireResponse => ({
  status,
  headers,
  body,
})
const error = (status: number, type: string, code?: string, headers: Record<string, string> = {}) =>
  answer(
    status,
    { ...json, 'request-id': 'req_fault', ...headers },
    JSON.stringify({ error: { type, code, message: 'No.' } }),
  )

/** Answers without having done anything. */
const refuse =
  (given: WireResponse): Play =>
  ({ reply }) =>
    reply(given)
/** Does what is asked and answers something else. */
const applyBut =
  (given: (own: WireResponse) => WireResponse): Play =>
  async ({ apply, reply }) =>
    reply(given(await apply()))
/** Does what is asked and writes these bytes in place of an answer; then the connection closes. */
const applyAndWrite =
  (bytes: (own: WireResponse) => string): Play =>
  async ({ apply, response }) => {
    response.socket?.end(bytes(await apply()))
  }
const drop: Play = ({ response }) => void response.socket?.destroy()
const reset: Play = ({ response }) => void response.socket?.resetAndDestroy()
const raw = ({ body }: WireResponse, more = '') =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** What can go wrong between the server and Stripe, before Stripe acts and after that. */
export const wireFaults: Record<string, Play> = {
  // Stripe does nothing.
  'closes without an answer': drop,
  'resets the connection': reset,
  'answers nothing before the deadline': () => {},
  'answers 500, and keeps it under the key': async ({ request, apply, reply }) => {
    const headers: WireRequest['headers'] = { ...request.headers, 'sandbox-fault': '500' }
    reply(await apply({ ...request, headers }))
  },
  'answers 503': refuse(error(503, 'api_error')),
  'answers 502 with a page of HTML': refuse(answer(502, html, page)),
  'answers 504 without a body': refuse(answer(504, {}, '')),
  'answers 429': refuse(error(429, 'invalid_request_error', 'rate_limit')),
  'answers 429 for a lock': refuse(error(429, 'api_error', 'lock_timeout', { 'stripe-should-retry': 'true' })),
  'answers 409': refuse(error(409, 'idempotency_error', 'idempotency_key_in_use')),
  'answers 401': refuse(error(401, 'invalid_request_error')),
  redirects: refuse(answer(302, { location: 'http://127.0.0.1:9/' }, '')),
  'answers 200 with a page of HTML': refuse(answer(200, html, page)),
  'answers 200 with another object': refuse(answer(200, json, '{"object":"list","data":[],"has_more":false}')),
  'answers 204': refuse(answer(204, {}, '')),
  'answers what is not HTTP': ({ response }) => void response.socket?.end('SSH-2.0-OpenSSH_9.7\r\n'),
  'answers half of the headers': ({ response }) => void response.socket?.end('HTTP/1.1 200 OK\r\ncontent-ty'),

  // Stripe does what it is asked.
  'acts, then resets': async (exchange) => {
    await exchange.apply()
    await reset(exchange)
  },
  'acts, then closes': async (exchange) => {
    await exchange.apply()
    await drop(exchange)
  },
  'acts, then answers half of the headers': applyAndWrite(() => 'HTTP/1.1 200 OK\r\ncontent-ty'),
  'acts, then answers half of the body': applyAndWrite((own) => raw(own).slice(0, -10)),
  'acts, then cuts a chunk': applyAndWrite(
    ({ body }) =>
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body.slice(0, 40)}`,
  ),
  'acts, then answers JSON that ends early': applyBut((own) => ({ ...own, body: own.body.slice(0, -5) })),
  'acts, then answers an empty body': applyBut((own) => ({ ...own, body: '' })),
  'acts, then answers a JSON array': applyBut((own) => ({ ...own, body: `[${own.body}]` })),
  'acts, then answers two megabytes': applyBut((own) => ({ ...own, body: own.body + ' '.repeat(2_000_000) })),
  'acts, then answers bytes that are no text': applyAndWrite(() => raw(answer(200, json, '\u00ff\u00fe\u0000'))),
  'acts, then answers 500': applyBut(() => answer(500, html, page)),
  'acts, then answers 503': applyBut(() => error(503, 'api_error')),
  'acts, then answers too late': async ({ apply, reply }) => {
    const own = await apply()
    await sleep(late)
    reply(own)
  },
  'acts after the deadline': async ({ apply, reply }) => {
    await sleep(late)
    reply(await apply())
  },
  'acts twice': async ({ request, apply, reply }) => {
    const first = await apply()
    const second = await apply()
    // Stripe keeps no key for a DELETE: nobody could tell the second answer from that of a coupon that was never there.
    reply(request.method === 'DELETE' ? first : second)
  },
  'answers twice at once': applyAndWrite((own) => raw(own) + raw(own)),
  'answers with another content type': applyBut((own) => ({ ...own, headers: { ...own.headers, ...html } })),
  'answers early hints first': applyAndWrite((own) => `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${raw(own)}`),
  'answers in pieces': async ({ apply, response }) => {
    const own = await apply()
    response.writeHead(own.status, { ...own.headers, 'content-length': Buffer.byteLength(own.body) })
    for (const at of [0, 1, 2, 3]) {
      const size = Math.ceil(own.body.length / 4)
      response.write(own.body.slice(at * size, (at + 1) * size))
      await sleep(5)
    }
    response.end()
  },
  'answers, then closes the connection': async ({ apply, reply, response }) => {
    const { socket } = response
    reply(await apply())
    socket?.end()
  },
}
