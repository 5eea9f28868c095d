import type { FastifyRequest } from 'fastify'
import { knownOutcome } from '../journal/attempts.ts'
import type { Journal } from '../journal/journal.ts'
import { isRecord } from '../lib/is-record.ts'
import type { Refusal } from '../lib/refusal.ts'

/**
 * Returns what completes the refusal of a write before its handler has begun, by a limit for example: with what the journal
 * knows of earlier requests under the caller's Idempotency-Key, which is what a retry wants to know. The fields are not read
 * yet, so the key alone decides.
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
    const isRetry = refusal.retryable && change !== undefined && key !== undefined && request.handling === null
    if (!isRetry || refusal.outcome !== 'not_applied') return refusal
    const id = isRecord(request.params) ? String(request.params['accountId']) : ''
    const attempts = await findAttempts(request.caller?.agencyId, id, change, String(key))
    // Unasked, the journal may know of an attempt.
    return knownOutcome(refusal, attempts ?? [{ outcome: null }])
  }
}
