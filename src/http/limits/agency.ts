import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../lib/refusal.ts'
import { InFlight, onceEnded } from './in-flight.ts'
import { type Rate, RateLimiter } from './rate.ts'
import { ceilSeconds, setRateHeaders } from './rate-headers.ts'
import type { AgencyLimits, SharedLimits } from './shared.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Takes up to this many further units of the agency's budget, one for each call to Stripe beyond the request's first. Returns
     * how many were left to take.
     */
    spend: (units: number) => Promise<number>
    /** Which agency's budget the request spends, and the answer that shows it. */
    budget: { agencyId: string; reply: FastifyReply } | null
  }
}

export type EnterAgency = (agencyId: string, request: FastifyRequest, reply: FastifyReply) => Promise<void>

/**
 * The limits of each agency: a budget of units a second, shown in the `RateLimit` header of every answer to it, and a cap on its
 * requests in progress. A request costs one unit, which pays for one call to Stripe; a handler that makes more calls pays for each
 * with `request.spend`. With `shared` the limits hold over all processes, and in each one while that cannot be asked.
 */
export function createAgencyLimits(
  server: FastifyInstance,
  limits: AgencyLimits,
  now: () => number,
  shared?: SharedLimits,
): EnterAgency {
  const { unitsPerSecond, requestsMax } = limits
  const limiter = new RateLimiter(unitsPerSecond, now)
  const inFlight = new InFlight(requestsMax)
  const show = (reply: FastifyReply, rate: Rate) => {
    setRateHeaders(reply, 'agency', unitsPerSecond, rate)
    return rate
  }
  server.decorateRequest('budget', null)
  // One function for all requests: a closure kept by each would outlive it in V8's old generation.
  server.decorateRequest('spend', async function spend(this: FastifyRequest, units: number) {
    if (!this.budget) return 0
    const { agencyId, reply } = this.budget
    const rate = shared && (await shared.take(agencyId, units, unitsPerSecond))
    return show(reply, rate ?? limiter.take(agencyId, units)).granted
  })

  /** @throws Refusal `rate_limited` where the agency has no unit or no slot left */
  return async (agencyId, request, reply) => {
    request.budget = { agencyId, reply }
    const entry = shared && (await shared.enter(agencyId, request.id, limits))
    const rate = show(reply, entry?.rate ?? limiter.take(agencyId, 1))
    const isInside = entry?.isInside ?? true
    if (shared && isInside) onceEnded(request, reply, () => shared.leave(agencyId, request.id))
    if (rate.granted === 0) {
      throw new Refusal(
        'rate_limited',
        `Your agency has used up its ${unitsPerSecond} units a second: one a request, and one more for each further call to Stripe. ` +
          'Retry shortly.',
        { retryAfterS: ceilSeconds(rate.resetMs), limit: 'agency_budget' },
      )
    }
    if (!isInside || !inFlight.enter(agencyId, request, reply)) {
      throw new Refusal(
        'rate_limited',
        `Your agency has ${requestsMax} requests in progress. Retry when some have ended.`,
        { retryAfterS: 1, limit: 'agency_requests' },
      )
    }
  }
}
