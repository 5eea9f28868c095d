import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { invalid, Refusal } from '../lib/refusal.ts'
import type { AddressLimit } from './limits/address-limit.ts'
import { answerRaw } from './parser-errors.ts'

/** Refuses with our error body what Node would refuse with an empty one: a missing Host, an unknown Expect, CONNECT. */
export function checkProtocol(server: FastifyInstance, limit: AddressLimit): void {
  const http = server.server
  http.on('checkExpectation', (request, response) => http.emit('request', request, response))
  http.on('connect', (_request, socket: Socket) => {
    socket.on('error', () => socket.destroy())
    const refusal = new Refusal('route_not_found', 'There is no CONNECT: this server is not a proxy.')
    answerRaw(server.log, limit, socket, refusal)
  })
  server.addHook('onRequest', (request, _, done) => {
    const { httpVersion, rawHeaders, headers } = request.raw
    // `headers` keeps only the first of several.
    let hosts = 0
    for (let index = 0; index < rawHeaders.length; index += 2) {
      if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') hosts += 1
    }
    // RFC 9112, section 3.2.
    if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
      throw invalid('Host', 'A request of HTTP/1.1 has exactly one Host header.')
    }
    if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
      throw invalid('Expect', 'Of Expect only 100-continue is known.')
    }
    done()
  })
}
