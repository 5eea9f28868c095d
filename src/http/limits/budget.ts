import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../lib/refusal.ts'
import { RateLimiter } from './rate.ts'
import { ceilSeconds, setRateHeaders } from './rate-headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Takes up to this many further units of the agency's budget, one for each call to Stripe beyond the request's first. Returns
     * how many were left to take.
     */
    spend: (units: number) => number
  }
}

/**
 * A budget of units a second for each agency, shown in the `RateLimit-*` headers of every answer to it. A request costs one unit, which
 * pays for one call to Stripe; a handler that makes more calls pays for each with `request.spend`. Each process keeps its own.
 */
export function createBudget(server: FastifyInstance, unitsPerSecond: number, now: () => number) {
  server.decorateRequest('spend', () => 0)
  const limiter = new RateLimiter(unitsPerSecond, now)

  /** @throws Refusal `rate_limited` where the agency has no unit left */
  return (agencyId: string, request: FastifyRequest, reply: FastifyReply): void => {
    request.spend = (units) => {
      const rate = limiter.take(agencyId, units)
      setRateHeaders(reply, unitsPerSecond, rate)
      return rate.granted
    }
    if (request.spend(1) === 1) return
    const { resetMs } = limiter.take(agencyId, 0)
    throw new Refusal(
      'rate_limited',
      `Your agency has used the ${unitsPerSecond} units of this second: one a request, and one more for each further call to Stripe. ` +
        'Retry shortly.',
      { retryAfterS: ceilSeconds(resetMs) },
    )
  }
}
