import type { FastifyInstance } from 'fastify'
import { isDatabaseError } from '../database/errors.ts'
import { Refusal, refuseUnavailable } from '../lib/refusal.ts'

/**
 * Answers what a handler cannot carry out because of the database with 503, and says of a change that it may have been made. Any
 * other error is one of ours, and stays `internal`.
 */
export function refuseFailures(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const { handler } = route
    const refuse = route.method === 'GET' || route.method === 'HEAD' ? refuseUnavailable : refuseUnknown
    route.handler = async function refusingFailures(request, reply) {
      return await Promise.resolve(handler.call(this, request, reply)).catch((error: unknown) => {
        throw isDatabaseError(error) ? refuse(error) : error
      })
    }
  })
}

function refuseUnknown(cause: unknown): never {
  const message = 'The database did not answer, so the change may have been made. Look before you send it again.'
  throw new Refusal('unavailable', message, { outcome: 'unknown', retryable: false, cause })
}
