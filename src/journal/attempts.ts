import type { OperatorOrigin, Origin } from '../agencies/origin.ts'
import { digestOf } from '../idempotency/derive.ts'
import type { Outcome, Refusal } from '../lib/refusal.ts'
import type { Change } from './changes.ts'
import { attemptsMax, attemptsReadMax, type Journal } from './journal.ts'

type Attempt = Awaited<ReturnType<Journal['findAttempts']>>[number]

/** By which equal requests under one key are recognized. */
export function requestDigestOf({ objectId, fields }: Pick<Change<object>, 'objectId' | 'fields'>): string {
  // 128 bits tell two requests of one caller apart; events are many, so that each byte counts.
  return digestOf([objectId, fields]).slice(0, 32)
}

/**
 * The earlier attempts of this same request under the caller's or the guard's Idempotency-Key: first those that made the change.
 * A key that was generated for one request has none, nor has a request whose fields differ. Undefined where the journal cannot
 * be read, or has more under the key than is read and nothing of that made the change.
 */
export async function earlierAttempts(
  journal: Journal,
  account: { agencyId: string; id: string },
  { idempotencyKey, keySource }: Pick<Origin | OperatorOrigin, 'idempotencyKey' | 'keySource'>,
  change: Omit<Change<object>, 'terms'>,
  changeId?: string,
): Promise<Attempt[] | undefined> {
  if (keySource === 'generated' || idempotencyKey === null) return []
  const digest = requestDigestOf(change)
  const found = await journal.findAttempts(account, change.operation, idempotencyKey, digest).catch(() => undefined)
  const attempts = found?.filter((attempt) => attempt.changeId !== changeId && attempt.requestDigest === digest)
  const isAllRead = Number(found?.[0]?.read ?? 0) < attemptsReadMax
  return isAllRead || attempts?.some(isMade) ? attempts : undefined
}

function isMade({ outcome }: Pick<Attempt, 'outcome'>): boolean {
  return outcome === 'applied' || outcome === 'replayed'
}

/** What the attempts tell of their change: made by one of them, perhaps made, or not made. */
function outcomeOf(attempts: Pick<Attempt, 'outcome'>[] | undefined): Outcome {
  // Without the journal, or with more attempts than it tells, one that is not known may have made the change.
  if (attempts === undefined) return 'unknown'
  if (attempts.some(isMade)) return 'applied'
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
