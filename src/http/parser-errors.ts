import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyReply } from 'fastify'
import { newId } from '../lib/ids.ts'
import { nodeHttp } from '../lib/node-http.ts'
import { type Code, codes, Refusal } from '../lib/refusal.ts'
import type { Connections } from './connections.ts'
import { type CompleteRefusal, refusalBody, sendRefusal } from './errors.ts'
import type { AddressLimit } from './limits/address-limit.ts'

/**
 * Answers what Node's parser refuses, such as a request that is not HTTP or does not arrive in time, with the same body and
 * the same log line as every other refusal.
 */
export function answerParserErrors(
  log: FastifyBaseLogger,
  { connections, complete, limit }: { connections: Connections; complete: CompleteRefusal; limit: AddressLimit },
) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    const [reply, ...others] = connections.get(socket) ?? []
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else if (!reply) answerRaw(log, limit, socket, fromParser(error.code))
    // The client would take an answer now for that of the earlier request that still runs on this connection.
    else if (others.length > 0 || reply.request.raw.complete || reply.raw.headersSent) socket.destroy()
    else void answerRequest(reply, fromParser(error.code), complete)
  }
}

async function answerRequest(reply: FastifyReply, refusal: Refusal, complete: CompleteRefusal): Promise<void> {
  const { request } = reply
  request.refusal = await complete(request, refusal)
  if (!reply.raw.headersSent) void sendRefusal(request, reply.header('connection', 'close'), request.refusal)
}

/** Answers on a socket that has no request, and closes it; an address beyond its limit gets no answer, and no log line. */
export function answerRaw(log: FastifyBaseLogger, limit: AddressLimit, socket: Socket, refusal: Refusal): void {
  if (!limit.takeOf(socket)) {
    socket.destroy()
    return
  }
  const { status } = codes[refusal.code]
  const requestId = newId('req')
  const body = JSON.stringify(refusalBody(refusal, requestId, true))
  const head = [
    `HTTP/1.1 ${status} ${nodeHttp.STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  const { code, message: error } = refusal
  log.info(
    { request_id: requestId, method: null, route: null, client: socket.remoteAddress, status, code, error },
    'request',
  )
}

const refusals: Record<string, [Code, string]> = {
  HPE_HEADER_OVERFLOW: [
    'headers_too_large',
    `The request line and the headers are larger than ${nodeHttp.maxHeaderSize} bytes. Send fewer or shorter headers.`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not arrive in time. Send it again.'],
}

function fromParser(parserCode = ''): Refusal {
  const [code, message] = refusals[parserCode] ?? ['invalid_request', 'The request is not valid HTTP/1.1.']
  return new Refusal(code, message)
}
