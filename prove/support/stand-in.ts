/**
 * A server in a process of its own that answers at once: in Stripe's place, so that what Stripe costs is not counted as the server's;
 * or in the server's place, so that what the load itself costs the machine is the same in both measurements.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { coupon } from '../../test/support/stripe-stub.ts'
import { serveCommands } from './serve-commands.ts'

const page = JSON.stringify({
  object: 'list',
  url: '/v1/coupons',
  has_more: true,
  data: Array.from({ length: 100 }, (_, index) => ({ ...coupon, id: `STUB${index}` })),
})
const one = JSON.stringify(coupon)

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const isList = request.method === 'GET' && request.url?.startsWith('/v1/coupons?') === true
    const body = isList ? page : one
    const length = Buffer.byteLength(body)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': length, 'request-id': 'req_stub' })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1')

const commands = {
  open: () => (server.address() as AddressInfo).port,
  close: () => server.closeAllConnections(),
}
export type StandIn = typeof commands
serveCommands(commands)
