import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Limit, Refusal } from '../../lib/refusal.ts'
import { clientOf } from './client.ts'
import { countedWarning } from './counted-warning.ts'
import { RateLimiter } from './rate.ts'
import { ceilSeconds, setRateHeaders } from './rate-headers.ts'
import type { SharedLimits } from './shared.ts'

/** A limit for each client address. */
export type AddressLimit = {
  /**
   * Takes one unit of the request's address.
   * @throws Refusal `rate_limited`
   */
  take(request: FastifyRequest, reply: FastifyReply): Promise<void>
  refund(request: FastifyRequest): void
  /** Takes one unit of the address that is connected, for what is no request; false where it has none left. */
  takeOf(socket: Socket): boolean
}

type Options = {
  /** Of the limit among the shared ones. */
  name: Limit
  /** Names the limited requests in refusals and in the log, which gets at most one line a second with their number. */
  what: string
  perSecond: number
  log: FastifyBaseLogger
  now: () => number
  shared?: SharedLimits | undefined
}

/** With `shared` the limit holds over all processes, and in each one while that cannot be asked. */
export function createAddressLimit({ name, what, perSecond, log, now, shared }: Options): AddressLimit {
  const limiter = new RateLimiter(perSecond, now)
  const report = countedWarning(log, now, `refused ${what}`)

  return {
    async take(request, reply) {
      const client = clientOf(request.ip)
      const rate = (await shared?.take(`${name}:${client}`, 1, perSecond)) ?? limiter.take(client, 1)
      if (rate.granted === 1) return
      request.isFlood = true
      report(request.ip)
      setRateHeaders(reply, 'address', perSecond, rate)
      throw new Refusal('rate_limited', `Too many ${what} come from your address. Retry shortly.`, {
        retryAfterS: ceilSeconds(rate.resetMs),
        limit: name,
      })
    },

    refund(request) {
      const client = clientOf(request.ip)
      shared?.refund(`${name}:${client}`, perSecond)
      limiter.refund(client)
    },
    takeOf({ remoteAddress = '' }) {
      if (limiter.take(clientOf(remoteAddress), 1).granted === 1) return true
      report(remoteAddress)
      return false
    },
  }
}

/**
 * Limits by client address what needs no key: public routes, and requests that have no route. Probes are exempt, because a load
 * balancer must always get their answer.
 */
export function limitPublicRequests(server: FastifyInstance, limit: AddressLimit): void {
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404 || request.routeOptions.config.access === 'public') await limit.take(request, reply)
  })
}
