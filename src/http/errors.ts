import type { IncomingMessage } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { codes, docsOf, invalid, Refusal } from '../lib/refusal.ts'
import { isRead, methodsOf } from './methods.ts'

/** Adds to a refusal what other modules know about the request. */
export type CompleteRefusal = (request: FastifyRequest, refusal: Refusal) => Promise<Refusal>

/** Answers every thrown error, and every unknown route, with the one error body. */
export function answerErrors(server: FastifyInstance, bodyBytesMax: number, complete: CompleteRefusal): void {
  server.setErrorHandler(async (error, request, reply) => {
    const refusal = await complete(request, fromThrown(error, bodyBytesMax))
    const { status } = codes[refusal.code]
    request.refusal = refusal
    // Shedding load must not add to it, so the request's own log line has to do.
    const isShed = refusal.code === 'unavailable' && refusal.cause === undefined
    if (status >= 500 && !isShed) {
      const err = refusal.cause ?? refusal
      request.log.error({ request_id: request.id, ...request.logged, err, code: refusal.code }, 'refused')
    }
    return sendRefusal(request, reply, refusal)
  })

  // Before the body is read, because anybody can send one, and after every onRequest hook, because some of them are limits.
  server.addHook('preParsing', (request, reply, _payload, done) => {
    if (!request.is404) return done()
    // Node would otherwise go on reading the body of the answered request.
    if (!request.raw.complete) void reply.header('connection', 'close')
    const methods = methodsOf(server, request.url)
    if (methods.length > 0) void reply.header('allow', methods.join(', '))
    throw unrouted(request, methods)
  })
}

const malformedPaths = new WeakSet<IncomingMessage>()

/**
 * Routes again, as a path without a route, what the router cannot decode: Fastify shows such a request to no hook, and to no limit,
 * and does not tell who sent it through a proxy.
 */
export function rerouteMalformedPath(_error: FastifyError, { raw }: FastifyRequest, reply: FastifyReply): void {
  malformedPaths.add(raw)
  raw.url = '/malformed-path'
  reply.server.routing(raw, reply.raw)
}

function unrouted({ raw, method, url }: FastifyRequest, methods: string[]): Refusal {
  if (malformedPaths.has(raw)) {
    return invalid('path', 'A part of the path is too long, or is not percent-encoded text.')
  }
  if (methods.length > 0) {
    return new Refusal('method_not_allowed', `This path takes ${methods.join(', ')}, not ${method}.`)
  }
  const path = url.split('?')[0] ?? ''
  const message = `There is no ${method} ${path.slice(0, 200)}. See /openapi.json for the operations.`
  return new Refusal('route_not_found', message)
}

/** The headers of every answer, whatever it is. */
export function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({
    'request-id': request.id,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
}

/** Answers with the one error body: the status and the headers of its code, and on a write its outcome. */
export function sendRefusal(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status } = codes[refusal.code]
  setCommonHeaders(request, reply)
  const mayWrite = !isRead(request)
  // RFC 9110, section 11.6.1: a 401 names the scheme that it asks for.
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (refusal.retryAfterS !== undefined) reply.header('retry-after', refusal.retryAfterS)
  if (refusal.stripeRequestId !== undefined) reply.header('stripe-request-id', refusal.stripeRequestId)
  return reply.code(status).send(refusalBody(refusal, request.id, mayWrite))
}

/** The one error body. */
export function refusalBody(refusal: Refusal, requestId: string, mayWrite: boolean): object {
  return {
    error: refusal.message,
    code: refusal.code,
    ...(refusal.param !== undefined && { param: refusal.param }),
    request_id: requestId,
    retryable: refusal.retryable,
    ...(mayWrite && { outcome: refusal.outcome }),
    docs: docsOf(refusal.code),
  }
}

function fromThrown(error: unknown, bodyBytesMax: number): Refusal {
  if (error instanceof Refusal) return error
  const { code, statusCode }: Partial<FastifyError> = error instanceof Error ? error : {}
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Refusal('too_large', `The body is larger than ${bodyBytesMax} bytes.`)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Refusal('unsupported_media_type', 'Send the body as JSON, with Content-Type: application/json.')
    default:
      // What Fastify refuses by itself, such as a wrong Content-Length, is the caller's error as well.
      if (statusCode !== undefined && statusCode < 500)
        return new Refusal('invalid_request', 'The request is malformed.')
      return new Refusal('internal', 'An unexpected error occurred. Quote the request_id to support.', {
        cause: error,
        outcome: 'unknown',
      })
  }
}
