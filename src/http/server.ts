import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify, type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { newId } from '../lib/ids.ts'
import { invalid, type Refusal } from '../lib/refusal.ts'
import { answerErrors, clientErrorBody, type CompleteRefusal, sendRefusal, setCommonHeaders } from './errors.ts'
import { acceptJson } from './json.ts'
import { limitRequests, trackHandlers } from './limits/in-flight.ts'
import type { Limits, TrustedProxies } from './limits/limits.ts'
import { closeSlowReaders } from './limits/slow-readers.ts'
import { enforceRouteRules } from './route-rules.ts'
import { errorSchema } from '../schema/errors.ts'
import { validatorCompiler } from './validation.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What this request was refused with, for the log. */
    refusal: Refusal | null
    /** One of many that were refused unread: they share a log line, so that a flood does not fill the disk. */
    isFlood: boolean
  }
}

export type Server = ReturnType<typeof createServer>

/** Room for the largest coupon: 50 metadata entries of 540 characters, each up to twelve bytes when escaped. */
const bodyBytesMax = 512 * 1024
/** A whole request must have arrived within this time, so that slow senders cannot hold sockets. */
const requestTimeoutMs = 20_000
const headersTimeoutMs = 10_000
/** Longer than the idle timeouts of common load balancers, so that they and not we close idle connections. */
const keepAliveTimeoutMs = 75_000
/** Stripe takes coupon ids of up to 5,000 characters. */
const paramLengthMax = 5_000

/** The HTTP floor: limits, request ids, one log line a request, exact validation and the one error body. */
export function createServer(
  log: FastifyBaseLogger,
  limits: Limits,
  trustProxy: TrustedProxies,
  complete: CompleteRefusal,
) {
  const inFlight = new Set<FastifyReply>()
  const server = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: () => newId('req'),
    requestIdHeader: false,
    bodyLimit: bodyBytesMax,
    trustProxy: trustProxy ?? false,
    requestTimeout: requestTimeoutMs,
    // Node takes the larger of these two for the whole request, and looks every half minute, unless told.
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: 1_000 },
    return503OnClosing: false,
    keepAliveTimeout: keepAliveTimeoutMs,
    routerOptions: { maxParamLength: paramLengthMax },
    // Such a path never reaches a route.
    frameworkErrors: (_error, request, reply) => {
      sendRefusal(request, reply, invalid('path', 'A part of the path is too long, or is not percent-encoded text.'))
    },
    clientErrorHandler: (error, socket) => {
      // Where a request of the same connection still runs, an answer here would be taken for its answer.
      const isBusy = [...inFlight].some((reply) => reply.raw.socket === socket)
      if (error.code === 'ECONNRESET' || !socket.writable || isBusy) {
        socket.destroy()
        return
      }
      const requestId = newId('req')
      const { status, body } = clientErrorBody(error, requestId)
      const text = JSON.stringify(body)
      socket.end(
        `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json; charset=utf-8\r\nRequest-Id: ${requestId}\r\n` +
          `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
      )
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  server.decorateRequest('refusal', null)
  server.decorateRequest('isFlood', false)
  server.setValidatorCompiler(validatorCompiler)
  server.addSchema(errorSchema)
  enforceRouteRules(server)
  trackHandlers(server)
  acceptJson(server)
  answerErrors(server, bodyBytesMax, complete)

  server.addHook('onRequest', async (request, reply) => {
    inFlight.add(reply)
    // Not onResponse, which a caller who hangs up never lets happen.
    reply.raw.once('close', () => {
      inFlight.delete(reply)
      logAnswer(request, reply)
    })
    setCommonHeaders(request, reply)
  })
  limitRequests(server, limits)
  closeSlowReaders(server, limits)
  server.server.maxConnections = limits.connectionsMax
  // A connection kept alive after its last answer would hold up the end of the process.
  server.addHook('preClose', async () => {
    for (const reply of inFlight) reply.header('connection', 'close')
  })
  return server
}

/** The one line of a request: what was asked, by whom, and what was answered; never a header or a body. */
function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  if (request.isFlood) return
  request.log.info(
    {
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      code: request.refusal?.code,
      stripe_request_id: reply.getHeader('stripe-request-id'),
      ...(!reply.raw.writableFinished && { hung_up: true }),
    },
    'request',
  )
}
