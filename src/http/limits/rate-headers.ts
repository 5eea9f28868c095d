import type { FastifyReply } from 'fastify'
import type { Rate } from './rate.ts'

/** Says in the answer what the limit is, what is left of it, and in how many seconds all is back (draft-ietf-httpapi-ratelimit-headers-07). */
export function setRateHeaders(reply: FastifyReply, perSecond: number, { remaining, resetMs }: Rate): void {
  void reply.headers({
    'ratelimit-limit': perSecond,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': secondsOf(resetMs),
  })
}

/** Whole seconds, rounded up, as these headers and `Retry-After` have them. */
export function secondsOf(ms: number): number {
  return Math.ceil(ms / 1_000)
}
