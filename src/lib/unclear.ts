import { Refusal } from './refusal.ts'

/** The catch handler of a write to our own database that may have been committed although its answer was lost. */
export function refuseUnclear(cause: unknown): never {
  if (cause instanceof Refusal && cause.code !== 'unavailable') throw cause
  const message =
    'The service is briefly unavailable. The request may have been carried out; retry with the same Idempotency-Key.'
  throw new Refusal('unavailable', message, { outcome: 'unknown', retryAfterS: 1, cause })
}
