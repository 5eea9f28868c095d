import type { FastifyRequest } from 'fastify'
import { knownOutcome } from '../journal/attempts.ts'
import type { Journal } from '../journal/journal.ts'
import { isRecord } from '../lib/is-record.ts'
import type { Refusal } from '../lib/refusal.ts'

/**
 * Completes the refusal of a write that was refused before its handler began, by a limit for example: adds what the journal
 * knows about earlier requests under the caller's Idempotency-Key. The fields are not read yet, so only the key is compared.
 */
export function createEarlyRefusal(journal: Journal, lookUpsMax = 10) {
  let lookUps = 0

  const findAttempts = async (agencyId: string | undefined, accountId: string, change: string, key: string) => {
    // A limit that refuses thousands a second must not become as many reads.
    if (agencyId === undefined || lookUps >= lookUpsMax) return undefined
    lookUps += 1
    try {
      return await journal.findAttempts({ agencyId, id: accountId }, change, key)
    } catch {
      return undefined
    } finally {
      lookUps -= 1
    }
  }

  return async (request: FastifyRequest, refusal: Refusal): Promise<Refusal> => {
    const { change } = request.routeOptions.config
    const key = request.headers['idempotency-key']
    const mayPass = refusal.retryable || refusal.code === 'not_allowed'
    const isRetry = mayPass && change !== undefined && key !== undefined && request.handling === null
    if (!isRetry || refusal.outcome !== 'not_applied') return refusal
    const id = isRecord(request.params) ? String(request.params['accountId']) : ''
    const attempts = await findAttempts(request.caller?.agencyId, id, change, String(key))
    // If the journal was not read, the outcome is unknown.
    return knownOutcome(refusal, attempts)
  }
}
