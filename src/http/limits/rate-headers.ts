import type { FastifyReply } from 'fastify'
import type { Rate } from './rate.ts'

/**
 * Sets `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11): of the named policy the quota and its window,
 * what remains of it, and the seconds until it is whole again.
 */
export function setRateHeaders(
  reply: FastifyReply,
  policy: 'agency' | 'address',
  perSecond: number,
  { remaining, resetMs }: Rate,
): void {
  void reply.headers({
    'ratelimit-policy': `"${policy}";q=${perSecond};w=1`,
    ratelimit: `"${policy}";r=${remaining};t=${ceilSeconds(resetMs)}`,
  })
}

/** Whole seconds, rounded up, as these headers and `Retry-After` have them. */
export function ceilSeconds(ms: number): number {
  return Math.ceil(ms / 1_000)
}
