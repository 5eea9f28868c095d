import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../lib/refusal.ts'

const windowMs = 1_000

/**
 * A budget of requests a second for each key that `keyOf` names, told in the `ratelimit-*` headers of every answer to it
 * (IETF draft-ietf-httpapi-ratelimit-headers). Each process keeps its own.
 */
export async function createRateLimit(
  server: FastifyInstance,
  requestsPerSecond: number,
  keyOf: (request: FastifyRequest) => string,
): Promise<(request: FastifyRequest, reply: FastifyReply) => Promise<unknown>> {
  await server.register(rateLimit, {
    global: false,
    enableDraftSpec: true,
    max: requestsPerSecond,
    timeWindow: windowMs,
    keyGenerator: keyOf,
    errorResponseBuilder: () =>
      new Refusal(
        'rate_limited',
        `Your agency has used its ${requestsPerSecond} requests of this second. Retry shortly.`,
        {
          retryAfterS: windowMs / 1_000,
        },
      ),
  })
  const limit = server.rateLimit()
  return async (request, reply) => await limit.call(server, request, reply)
}
