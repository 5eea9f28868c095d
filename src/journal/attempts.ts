import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { OperatorOrigin, Origin } from '../agencies/origin.ts'
import type { Outcome, Refusal } from '../lib/refusal.ts'
import { attemptsMax, type Journal } from './journal.ts'

type Attempt = Awaited<ReturnType<Journal['findAttempts']>>[number]

/**
 * The earlier attempts of this same request under the caller's or the guard's Idempotency-Key: first those that made the change.
 * A key that was generated for one request has none, nor has a request whose fields differ. Undefined where the journal cannot
 * be read.
 */
export async function earlierAttempts(
  journal: Journal,
  account: ConnectedAccount,
  { idempotencyKey, keySource }: Origin | OperatorOrigin,
  operation: string,
  changeId: string,
  requestDigest: string | null,
): Promise<Attempt[] | undefined> {
  if (keySource === 'generated' || idempotencyKey === null) return []
  const attempts = await journal.findAttempts(account, operation, idempotencyKey).catch(() => undefined)
  return attempts?.filter((attempt) => attempt.changeId !== changeId && attempt.requestDigest === requestDigest)
}

/** What the attempts tell of their change: made by one of them, perhaps made, or not made. */
function outcomeOf(attempts: Pick<Attempt, 'outcome'>[] | undefined): Outcome {
  // Without the journal, or with more attempts than it tells, one that is not known may have made the change.
  if (attempts === undefined) return 'unknown'
  if (attempts.some(({ outcome }) => outcome === 'applied' || outcome === 'replayed')) return 'applied'
  const isAllKnown = attempts.length < attemptsMax - 1 && attempts.every(({ outcome }) => outcome === 'not_applied')
  return isAllKnown ? 'not_applied' : 'unknown'
}

/** A refusal that changed nothing, with what the earlier attempts of its change tell. */
export function knownOutcome(refusal: Refusal, attempts: Pick<Attempt, 'outcome'>[] | undefined): Refusal {
  const outcome = outcomeOf(attempts)
  if (outcome === 'applied') {
    return refusal.withOutcome(outcome, 'An earlier request with this Idempotency-Key made the change.')
  }
  if (outcome === 'unknown') {
    return refusal.withOutcome(outcome, 'An earlier request with this Idempotency-Key may have made the change.')
  }
  return refusal
}
