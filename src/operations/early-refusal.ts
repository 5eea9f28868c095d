import type { FastifyRequest } from 'fastify'
import { knownOutcome } from '../journal/attempts.ts'
import type { Journal } from '../journal/journal.ts'
import { isRecord } from '../lib/is-record.ts'
import type { Refusal } from '../lib/refusal.ts'

/**
 * Completes the refusal of a write that was refused before its handler began, by a limit for example: adds what the journal
 * knows about earlier requests under the caller's Idempotency-Key. The fields are not read yet, so only the key is compared.
 */
export function createEarlyRefusal(journal: Journal) {
  return async (request: FastifyRequest, refusal: Refusal): Promise<Refusal> => {
    const { change } = request.routeOptions.config
    const key = request.headers['idempotency-key']
    const isRetry = refusal.retryable && change !== undefined && key !== undefined && request.handling === null
    if (!isRetry || refusal.outcome !== 'not_applied') return refusal
    const id = isRecord(request.params) ? String(request.params['accountId']) : ''
    const agencyId = request.caller?.agencyId
    const attempts =
      agencyId === undefined
        ? undefined
        : await journal.findAttempts({ agencyId, id }, change, String(key)).catch(() => undefined)
    // If the journal cannot be read, the outcome is unknown.
    return knownOutcome(refusal, attempts ?? [{ outcome: null }])
  }
}
