import { hash } from 'node:crypto'

/**
 * Stripe's Idempotency-Key for a caller's request: SHA-256 over agency, account, operation and the caller's key, so that
 * the same key of another agency, on another account or for another operation is another key for Stripe. Nothing is
 * stored: the same request always derives the same key, also in a later release.
 */
export function deriveKey(account: { agencyId: string; id: string }, operation: string, callerKey: string): string {
  return hash('sha256', JSON.stringify([account.agencyId, account.id, operation, callerKey]))
}

/** SHA-256 of the caller's own fields, the same for any order of their keys, by which equal requests are recognized. */
export function digestOf(fields: unknown): string {
  return hash('sha256', JSON.stringify(sortKeys(fields)))
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sortKeys)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, of]) => [name, sortKeys(of)]))
}
