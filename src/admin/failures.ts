import type { FastifyInstance } from 'fastify'
import { isDatabaseError } from '../database/errors.ts'
import { isRead } from '../http/methods.ts'
import { Refusal, refuseUnavailable } from '../lib/refusal.ts'

/**
 * Answers what a handler cannot carry out because of the database with 503. A change that failed, for whatever reason, may have been
 * made, and has no Idempotency-Key, so it is not to be repeated blindly.
 */
export function refuseFailures(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const { handler } = route
    route.handler = async function refusingFailures(request, reply) {
      return await Promise.resolve(handler.call(this, request, reply)).catch((error: unknown) => {
        if (error instanceof Refusal) throw error
        if (!isRead(route)) throw mayBeMade(error)
        throw isDatabaseError(error) ? refuseUnavailable(error) : error
      })
    }
  })
}

function mayBeMade(cause: unknown): Refusal {
  const [code, what] = isDatabaseError(cause)
    ? (['unavailable', 'The database did not answer'] as const)
    : (['internal', 'An unexpected error occurred'] as const)
  const message = `${what}, so the change may have been made. Look before you send it again.`
  return new Refusal(code, message, { outcome: 'unknown', retryable: false, cause })
}
