import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { limits } from '../lib/refusal.ts'

/** What the status is where the caller hung up before there was an answer; nginx gives it the same. */
const hungUp = 499

/** Returns what adds to a server the hooks that count its requests; bytes that are no HTTP request are not counted. */
export function createRequestMetrics(registry: Registry) {
  const registers = [registry]
  const requests = new Counter({
    name: 'chatdash_requests_total',
    help: 'Requests that have ended, by operation, HTTP status and the code of the error body.',
    labelNames: ['operation', 'status', 'code'],
    registers,
  })
  const durations = new Histogram({
    name: 'chatdash_request_duration_seconds',
    help: 'From the headers of a request to the end of its answer.',
    labelNames: ['operation'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const inProgress = new Gauge({
    name: 'chatdash_requests_in_progress',
    help: 'Requests whose answer has not ended.',
    registers,
  })
  const limited = new Counter({
    name: 'chatdash_requests_limited_total',
    help: 'Requests that a limit of this server refused.',
    labelNames: ['limit'],
    registers,
  })

  // A series that is there from the start shows its first increase.
  for (const limit of limits) limited.inc({ limit }, 0)

  const count = ({ refusal, routeOptions }: FastifyRequest, reply: FastifyReply) => {
    const operation = routeOptions.schema?.operationId ?? 'none'
    const status = reply.raw.headersSent ? reply.statusCode : hungUp
    inProgress.dec()
    requests.inc({ operation, status, code: refusal?.code ?? '' })
    durations.observe({ operation }, reply.elapsedTime / 1_000)
    if (refusal?.limit !== undefined) limited.inc({ limit: refusal.limit })
  }

  return (server: FastifyInstance): void => {
    server.addHook('onRequest', (request, reply, done) => {
      inProgress.inc()
      // Not onResponse, which never runs if the caller hangs up.
      reply.raw.once('close', () => count(request, reply))
      done()
    })
  }
}
