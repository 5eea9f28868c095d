import type { FastifyReply } from 'fastify'
import type { Rate } from './rate.ts'

/** Sets the `RateLimit-*` headers (draft-ietf-httpapi-ratelimit-headers-07): the limit, what remains, seconds until it is reset. */
export function setRateHeaders(reply: FastifyReply, perSecond: number, { remaining, resetMs }: Rate): void {
  void reply.headers({
    'ratelimit-limit': perSecond,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': ceilSeconds(resetMs),
  })
}

/** Whole seconds, rounded up, as these headers and `Retry-After` have them. */
export function ceilSeconds(ms: number): number {
  return Math.ceil(ms / 1_000)
}
