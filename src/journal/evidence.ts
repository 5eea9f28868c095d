import type { Database } from '../database/database.ts'
import { isRecord } from '../lib/is-record.ts'
import type { StripeCoupon } from '../stripe/coupons.ts'
import type { StripePromotionCode } from '../stripe/promotion-codes.ts'
import type { EventFilter, JournalEvent } from './events.ts'
import { listInSteps } from './list.ts'
import type { Terms } from './matching.ts'

/** What became of a change, with the evidence in one sentence. */
export type Verdict = { outcome: 'applied' | 'not_applied' | 'unknown'; objectId: string | null; sentence: string }
export type Made = StripeCoupon | StripePromotionCode

const minuteMs = 60_000
/** How far Stripe's clock may be behind ours. */
export const clockLagMs = 2 * minuteMs
/** How long a call may take, with its retries. */
export const callMsMax = 10 * minuteMs
const eventsMax = 1_000

export type Evidence = ReturnType<typeof createEvidence>
/** A change whose answer was lost: `seq` and `at` are those of its first attempt, `lastAt` the time of its last. */
export type Attempted = JournalEvent & { lastAt: number }

/** What the journal says of the other changes on the account of one. */
export function createEvidence(database: Database) {
  /** @throws TooManyEvents where not all of them were read */
  const others = async (event: JournalEvent, filter: EventFilter): Promise<JournalEvent[]> => {
    const own = { mode: event.mode ?? undefined, accountId: event.accountId ?? undefined, ...filter }
    const found = await listInSteps(database, own, eventsMax)
    if (found.length === eventsMax) throw new TooManyEvents()
    return found.filter(({ id, isChange }) => id !== event.id && isChange)
  }

  /** Those that may have changed the object; an attempt without an answer is as its retry was answered, for Stripe only repeats that. */
  const touching = async (event: JournalEvent, objectId: string): Promise<JournalEvent[]> => {
    const touched = (await others(event, { objectId })).filter(({ outcome }) => outcome !== 'not_applied')
    const answerOf = (one: JournalEvent) => touched.find((other) => isDone(other) && isSameChange(other, one)) ?? one
    return touched.map((one) =>
      isTold(one) ? one : { ...one, outcome: answerOf(one).outcome, toldSeq: answerOf(one).toldSeq },
    )
  }

  /** The change whose attempt this is, with the answer to any of them. */
  const changeOf = async (event: JournalEvent): Promise<{ change: Attempted; answered: JournalEvent | undefined }> => {
    const { agencyId, idempotencyKey } = event
    const underKey =
      agencyId === null || idempotencyKey === null ? [] : await others(event, { agencyId, idempotencyKey })
    const same = underKey.filter((other) => isSameChange(other, event))
    const attempts = [event, ...same.filter(({ outcome }) => outcome !== 'not_applied')]
    const times = attempts.map(({ at }) => at)
    const first = { seq: Math.min(...attempts.map(({ seq }) => seq)), at: Math.min(...times) }
    return { change: { ...event, ...first, lastAt: Math.max(...times) }, answered: same.find(isDone) }
  }

  /** The change that made the object, if it is not an attempt of the same one. */
  const claimOf = async (event: JournalEvent, objectId: string): Promise<JournalEvent | undefined> =>
    (await others(event, { objectId })).find((other) => isMaking(other) && isDone(other) && !isSameChange(other, event))

  return { others, touching, changeOf, claimOf }
}

/** The journal has more to compare with than is read, and what was not read may say otherwise. */
export class TooManyEvents extends Error {}

export function termsOf({ terms }: JournalEvent): Terms | undefined {
  const value: unknown = JSON.parse(terms ?? 'null')
  return isRecord(value) ? value : undefined
}

export const isMaking = ({ type }: JournalEvent) => type.endsWith('create')
export const isDeleting = ({ type }: JournalEvent) => type.endsWith('.delete')
export const isDone = ({ outcome }: JournalEvent) => outcome === 'applied' || outcome === 'replayed'
export const isTold = ({ outcome }: JournalEvent) => outcome !== null && outcome !== 'unknown'

/** Whether both are attempts of one change: under one key, and in the same words, for Stripe takes no others under it. */
export function isSameChange(a: JournalEvent, b: JournalEvent): boolean {
  const isSameKey = a.idempotencyKey !== null && a.idempotencyKey === b.idempotencyKey && a.type === b.type
  return isSameKey && a.requestDigest === b.requestDigest
}

/**
 * Whether nothing that the one asked of Stripe can have been done after the other was asked for. What was answered is told by the
 * order of the journal, which no clock disturbs; a call without an answer may still arrive.
 */
export function isBefore(one: JournalEvent, other: JournalEvent): boolean {
  return isTold(one) ? one.toldSeq !== null && one.toldSeq < other.seq : one.at + callMsMax < other.at
}

/** How a sentence for the agency of a change names another one: not at all where the account was another agency's then. */
export function nameOf(other: JournalEvent, { agencyId }: JournalEvent, otherwise = 'Another change'): string {
  return other.agencyId === agencyId ? other.id : otherwise
}

export function isInTime({ at, lastAt = at }: { at: number; lastAt?: number }, { created }: Made): boolean {
  return created * 1000 >= at - clockLagMs && created * 1000 <= lastAt + callMsMax
}

export function timeOf({ created }: Made): string {
  return new Date(created * 1000).toISOString()
}

export function applied(objectId: string | null, sentence: string): Verdict {
  return { outcome: 'applied', objectId, sentence }
}

export function notApplied(sentence: string, objectId: string | null = null): Verdict {
  return { outcome: 'not_applied', objectId, sentence }
}

export function unknown(sentence: string, objectId: string | null = null): Verdict {
  return { outcome: 'unknown', objectId, sentence }
}
