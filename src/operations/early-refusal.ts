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
export function createEarlyRefusal(journal: Journal) {
  return async (request: FastifyRequest, refusal: Refusal): Promise<Refusal> => {
    const { change } = request.routeOptions.config
    const key = request.headers['idempotency-key']
    const mayPass = refusal.retryable || refusal.code === 'not_allowed'
    const isRetry = mayPass && change !== undefined && key !== undefined && request.handling === null
    if (!isRetry || refusal.outcome !== 'not_applied') return refusal
    const id = isRecord(request.params) ? String(request.params['accountId']) : ''
    const agencyId = request.caller?.agencyId
    const attempts =
      agencyId === undefined
        ? undefined
        : await journal.findAttempts({ agencyId, id }, change, String(key)).catch(() => undefined)
    // Without the journal nobody knows.
    return knownOutcome(refusal, attempts ?? [{ outcome: null }])
  }
}
