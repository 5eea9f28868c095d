import { hash } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { accountIdOf } from '../lib/account-id.ts'
import { type Clock, monotonicClock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Refusal } from '../lib/refusal.ts'
import { type Connections, trackConnections } from './connections.ts'
import { routedUrl } from './console-calls.ts'
import { answerErrors, type CompleteRefusal, rerouteMalformedPath, setCommonHeaders } from './errors.ts'
import { trackHandlers } from './handlers.ts'
import { acceptJson } from './json.ts'
import { createAddressLimit, limitPublicRequests } from './limits/address-limit.ts'
import { limitRequests } from './limits/in-flight.ts'
import { defaultLimits, type Limits, type TrustedProxies } from './limits/limits.ts'
import type { SharedLimits } from './limits/shared.ts'
import { closeSlowReaders } from './limits/slow-readers.ts'
import { answerParserErrors } from './parser-errors.ts'
import { checkProtocol } from './protocol.ts'
import { enforceRouteRules } from './route-rules.ts'
import { closeGracefully } from './shutdown.ts'
import { errorSchema } from '../schema/errors.ts'
import { serializersOnFirstUse } from './serializers.ts'
import { validatorCompiler } from './validation.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The refusal of this request, for the log. */
    refusal: Refusal | null
    /** Whose request it is, for the log. */
    logged: { agency: string; key: string } | null
    /** True if the request is counted in a shared log line instead of its own, so that a flood does not fill the disk. */
    isFlood: boolean
  }
}

export type Server = ReturnType<typeof createServer>

/** Fits the largest coupon: 50 metadata entries of 540 characters, each up to twelve bytes when escaped. */
const bodyBytesMax = 512 * 1024
/** A whole request, and its headers, must have arrived within this time, so that slow senders cannot hold sockets. */
const arrivalTimes = { requestTimeout: 20_000, headersTimeout: 10_000 }
/** Longer than the idle timeouts of common load balancers, so that they and not we close idle connections. */
const keepAliveTimeoutMs = 75_000
/** Stripe takes coupon ids of up to 5,000 characters. */
const paramLengthMax = 5_000

export type ServerOptions = {
  limits?: Limits
  trustProxy?: TrustedProxies
  complete?: CompleteRefusal
  now?: Clock['now']
  shared?: SharedLimits | undefined
  /** Each adds hooks that watch the requests, before any other hook can refuse one. */
  observers?: readonly ((server: FastifyInstance) => void)[] | undefined
  /** Milliseconds; tests set smaller ones. */
  arrival?: Partial<typeof arrivalTimes>
}

/** The HTTP layer: limits, request ids, one log line a request, exact validation and the one error body. */
export function createServer(log: FastifyBaseLogger, options: ServerOptions = {}) {
  const { limits = defaultLimits, trustProxy, complete = async (_, refusal) => refusal } = options
  const { now = monotonicClock.now, shared, observers = [] } = options
  const { requestTimeout, headersTimeout } = { ...arrivalTimes, ...options.arrival }
  const connections: Connections = new Map()
  const limit = createAddressLimit({
    name: 'public',
    what: 'requests for public pages and unknown routes',
    perSecond: limits.publicPerSecond,
    log,
    now,
    shared,
  })
  const server = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would cost more than its one line, which `logAnswer` writes with the same fields.
    childLoggerFactory: (logger) => logger,
    genReqId: () => newId('req'),
    requestIdHeader: false,
    bodyLimit: bodyBytesMax,
    trustProxy: trustProxy ?? false,
    rewriteUrl: routedUrl,
    requestTimeout,
    // Node applies the larger of both timeouts to the whole request, and by default checks them only every half minute.
    http: { headersTimeout, connectionsCheckingInterval: 1_000, requireHostHeader: false },
    return503OnClosing: false,
    keepAliveTimeout: keepAliveTimeoutMs,
    schemaController: { compilersFactory: { buildSerializer: serializersOnFirstUse } },
    routerOptions: { maxParamLength: paramLengthMax },
    frameworkErrors: rerouteMalformedPath,
    clientErrorHandler: answerParserErrors(log, { connections, complete, limit }),
  }).withTypeProvider<TypeBoxTypeProvider>()

  server.decorateRequest('refusal', null)
  server.decorateRequest('logged', null)
  server.decorateRequest('isFlood', false)
  for (const observe of observers) observe(server)
  trackConnections(server, connections, { limits, log, now })
  closeGracefully(server, connections, trackHandlers(server))
  server.setValidatorCompiler(validatorCompiler)
  server.addSchema(errorSchema)
  enforceRouteRules(server)
  acceptJson(server)
  answerErrors(server, bodyBytesMax, complete)

  // This and other hooks that await nothing are not async: a promise for each of them would cost more than what they do.
  server.addHook('onRequest', (request, reply, done) => {
    // Read now, because a connection that is gone has no address.
    const client = request.ip
    // Not onResponse, which never runs if the caller hangs up.
    reply.raw.once('close', () => logAnswer(request, reply, client))
    setCommonHeaders(request, reply)
    done()
  })
  limitRequests(server, limits)
  closeSlowReaders(server, limits)
  checkProtocol(server, limit)
  limitPublicRequests(server, limit)
  return server
}

/** The one line of a request: what was asked, by whom, and what was answered; never a header or a body. */
function logAnswer(request: FastifyRequest, reply: FastifyReply, client: string): void {
  if (request.isFlood) return
  const { refusal } = request
  const idempotencyKey = request.headers['idempotency-key']
  request.log.info(
    {
      request_id: request.id,
      ...request.logged,
      method: request.method,
      route: request.routeOptions.url ?? null,
      account: accountIdOf(request.params),
      client,
      // Finds the requests under one key, and says nothing of what the caller put into it.
      idempotency_key_digest: idempotencyKey && hash('sha256', String(idempotencyKey)).slice(0, 16),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      code: refusal?.code,
      param: refusal?.param,
      // That of an unknown path repeats it, and may so hold a token that belongs in a header.
      error: refusal?.code === 'route_not_found' ? undefined : refusal?.message,
      stripe_request_id: reply.getHeader('stripe-request-id'),
      ...(!reply.raw.writableFinished && { hung_up: true }),
    },
    'request',
  )
}
