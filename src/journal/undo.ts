import { randomUUID } from 'node:crypto'
import type { Accounts } from '../accounts/accounts.ts'
import type { OperatorOrigin } from '../agencies/origin.ts'
import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { StripeCoupon } from '../stripe/coupons.ts'
import { promotionCodeExpand as expand } from '../stripe/promotion-codes.ts'
import type { Changes } from './changes.ts'
import { type EventFilter, type JournalEvent, pagesOf } from './events.ts'
import { isBefore, isDeleting, isDone, isInTime, isMaking, isSameChange, termsOf } from './evidence.ts'
import { matchCoupon } from './matching.ts'

type Dependencies = { database: Database; accounts: Accounts; changes: Changes; stripe: StripeClient }

/** An object that a key created, or may have, and what undoing did with it. */
type Undone = Pick<Created, 'event' | 'kind'> & {
  objectId: string | null
  result: 'to undo' | 'undone' | 'gone already' | 'is another one now' | 'failed' | 'unknown'
  problem?: string
}
/** `first` is the attempt that made the object: the event itself, or an earlier one whose answer was lost. */
type Created = { event: JournalEvent; first: JournalEvent; objectId: string; kind: 'coupon' | 'promotion_code' }

/**
 * Finds what an API key has created since a time, in milliseconds since 1970, and deletes those coupons and switches off
 * those promotion codes, each as a change of its own in the journal. Codes come first: one of a deleted coupon cannot be
 * changed any more.
 */
export function createUndo({ database, accounts, changes, stripe }: Dependencies) {
  /** All events that pass the filter, newest first. */
  const eventsOf = async function* (filter: EventFilter): AsyncGenerator<JournalEvent> {
    for await (const page of pagesOf(database, { ...filter, mode: stripe.mode })) yield* page
  }

  /** The attempts of the same change. */
  const attemptsOf = async function* (event: JournalEvent): AsyncGenerator<JournalEvent> {
    const { agencyId, accountId, idempotencyKey } = event
    if (idempotencyKey === null) return
    const underKey = { agencyId: agencyId ?? '', accountId: accountId ?? '', idempotencyKey }
    for await (const other of eventsOf(underKey)) if (isSameChange(other, event)) yield other
  }

  const created = async (keyId: string, since: number): Promise<Created[]> => {
    const made = new Map<string, Created>()
    const read = new Set<string>()
    for await (const event of eventsOf({ keyId, since })) {
      const { accountId, objectId } = event
      const kind = kindOf(event)
      if (kind === undefined || objectId === null || !isDone(event)) continue
      const place = `${accountId ?? ''}/${objectId}`
      // The newest creation under an id is that of what is there now.
      if (made.has(place)) continue
      // However often a change was told again, its attempts are read once.
      const change = `${place}/${event.idempotencyKey ?? ''}`
      if (read.has(change) && !isAnswered(event)) continue
      read.add(change)
      const first = await ownFirst(event)
      if (first) made.set(place, { event, first, objectId, kind })
    }
    return [...made.values()].toSorted((a, b) => b.kind.localeCompare(a.kind))
  }

  /**
   * The attempt that made what this one was told of; none where another key's did, for keys of one agency share their
   * Idempotency-Keys, or where that attempt was answered and so speaks for itself.
   */
  const ownFirst = async (event: JournalEvent): Promise<JournalEvent | undefined> => {
    if (isAnswered(event)) return event
    let first = event
    for await (const other of attemptsOf(event)) {
      if (other.outcome !== 'not_applied' && other.seq < first.seq) first = other
    }
    return first.keyId === event.keyId && !isAnswered(first) ? first : undefined
  }

  /** Whether one of the attempts is known to have made the object, so that this one asked for no other. */
  const isKnown = async (event: JournalEvent): Promise<boolean> => {
    for await (const other of attemptsOf(event)) if (isDone(other)) return true
    return false
  }

  /** Whether the coupon was made again under its id, as the journal says, or its time, or its terms. */
  const isAnother = async ({ event, first }: Created, coupon: StripeCoupon): Promise<boolean> => {
    const terms = termsOf(event)
    if (!isInTime({ at: first.at, lastAt: event.at }, coupon)) return true
    if (terms && matchCoupon(terms, coupon) === 'other') return true
    for await (const other of eventsOf({ accountId: event.accountId ?? '', objectId: coupon.id })) {
      const isRemoved = isDeleting(other) && isDone(other)
      const isMade = isMaking(other) && isAnswered(other) && other.id !== event.id
      if ((isRemoved || isMade) && !isBefore(other, first)) return true
    }
    return false
  }

  const undoOne = async (one: Created, isDryRun: boolean, requestId: string): Promise<Undone['result']> => {
    const { event, objectId, kind } = one
    const account = await accounts.requireAccount(event.agencyId ?? '', event.accountId ?? '')
    const origin = { actor: 'operator', keyId: null, requestId, address: null } as const
    if (kind === 'coupon') {
      const { value: coupon } = await stripe.retrieveCoupon(account, objectId)
      if (await isAnother(one, coupon)) return 'is another one now'
      if (isDryRun) return 'to undo'
      const own: OperatorOrigin = { ...origin, idempotencyKey: null, keySource: null }
      const change = { operation: 'coupon.delete', objectId, terms: {}, fields: undefined }
      await changes.record(account, own, change, () => stripe.deleteCoupon(account, objectId))
      return 'undone'
    }
    // Stripe gives its ids to no other code.
    if (isDryRun) return 'to undo'
    const own: OperatorOrigin = { ...origin, idempotencyKey: randomUUID(), keySource: 'generated' }
    const terms = { active: false, expand }
    const change = { operation: 'promotion_code.update', objectId, terms, fields: { active: false } }
    await changes.record(account, own, change, (key, sent) => stripe.updatePromotionCode(account, objectId, sent, key))
    return 'undone'
  }

  return async function* undo(keyId: string, since: number, isDryRun: boolean): AsyncGenerator<Undone> {
    const requestId = newId('req')
    for (const one of await created(keyId, since)) {
      try {
        yield { ...one, result: await undoOne(one, isDryRun, requestId) }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (error.code === 'not_found') yield { ...one, result: 'gone already' }
        else yield { ...one, result: 'failed', problem: error.message }
      }
    }
    const told = new Set<string>()
    for await (const event of eventsOf({ keyId, since, isOpen: true })) {
      const kind = kindOf(event)
      // However many attempts were lost, their change is told of once.
      const { id, type, accountId, idempotencyKey, requestDigest } = event
      const change = idempotencyKey === null ? id : JSON.stringify([type, accountId, idempotencyKey, requestDigest])
      if (kind === undefined || told.has(change)) continue
      told.add(change)
      if (await isKnown(event)) continue
      const settled = event.message ?? 'Nobody knows whether it was made.'
      const problem = event.settledAt === null ? 'Not known yet. Run: chatdash journal settle' : settled
      yield { event, kind, objectId: event.objectId, result: 'unknown', problem }
    }
  }
}

/** Whether the server saw Stripe answer that this very attempt made the object. */
function isAnswered({ outcome, settledAt }: JournalEvent): boolean {
  return outcome === 'applied' && settledAt === null
}

/** What the change creates, if anything. */
function kindOf({ type }: JournalEvent): Created['kind'] | undefined {
  const [, kind] = /^(coupon|promotion_code)\.(?:bulk_)?create$/.exec(type) ?? []
  return kind === 'coupon' || kind === 'promotion_code' ? kind : undefined
}
