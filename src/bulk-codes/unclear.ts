import { Refusal } from '../lib/refusal.ts'

/** What a write in our own database catches with: it may have been committed although nobody could say so any more. */
export function refuseUnclear(cause: unknown): never {
  if (cause instanceof Refusal && cause.code !== 'unavailable') throw cause
  const message =
    'The service is briefly unavailable. The request may have been carried out; retry with the same Idempotency-Key.'
  throw new Refusal('unavailable', message, { outcome: 'unknown', retryAfterS: 1, cause })
}
