import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Seen = { method: string; path: string; headers: IncomingMessage['headers']; body: string }
type Behaviour = (response: ServerResponse, seen: Seen) => void

/** A server in Stripe's place that does what the list says, one entry a request, the last one for all that follow. */
export async function openStub(...behaviours: Behaviour[]) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, path: url, headers, body: Buffer.concat(chunks).toString() }
      const behave = behaviours[Math.min(seen.push(one), behaviours.length) - 1]
      behave?.(response, one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const coupon = {
  id: 'STUB',
  object: 'coupon',
  amount_off: null,
  created: 1_700_000_000,
  currency: null,
  duration: 'once',
  duration_in_months: null,
  livemode: false,
  max_redemptions: null,
  metadata: {},
  name: 'Stub',
  percent_off: 10,
  redeem_by: null,
  times_redeemed: 0,
  valid: true,
}

export const answerWith =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_stub', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

export const stripeError = (status: number, error: Record<string, unknown>, headers: Record<string, string> = {}) =>
  answerWith(status, { error: { type: 'invalid_request_error', message: 'Refused.', ...error } }, headers)

export const succeed = answerWith(200, coupon)
export const hang: Behaviour = () => {}
/** Answers nothing before `release` is called, then, and from then on, with success. */
export function hold() {
  const { promise, resolve: release } = Promise.withResolvers<void>()
  const behave: Behaviour = (response, seen) => void promise.then(() => succeed(response, seen))
  return { behave, release }
}
export const reset: Behaviour = (response) => response.socket?.resetAndDestroy()
export const cutBody: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
  response.write('{"id":"ST', () => response.socket?.destroy())
}
/** Sends a byte now and then, for ever. */
export const drip: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}
