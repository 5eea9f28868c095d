import { randomUUID } from 'node:crypto'
import type { Accounts } from '../accounts/accounts.ts'
import type { OperatorOrigin } from '../agencies/origin.ts'
import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import { promotionCodeExpand as expand } from '../stripe/promotion-codes.ts'
import type { Changes } from './changes.ts'
import { type JournalEvent, listEvents } from './events.ts'

type Dependencies = { database: Database; accounts: Accounts; changes: Changes; stripe: StripeClient }

/** An object that a key created, and what undoing did with it. */
type Undone = {
  event: JournalEvent
  objectId: string
  kind: 'coupon' | 'promotion_code'
  result: 'to undo' | 'undone' | 'gone already' | 'failed'
  problem?: string
}

/** Changes of one key that are read at once. */
const pageSize = 500

/**
 * Finds what an API key has created since a time, in milliseconds since 1970, and deletes those coupons and switches off
 * those promotion codes, each as a change of its own in the journal. Codes come first: one of a deleted coupon cannot be
 * changed any more.
 */
export function createUndo({ database, accounts, changes, stripe }: Dependencies) {
  const created = async (keyId: string, since: number): Promise<Omit<Undone, 'result'>[]> => {
    const made = new Map<string, Omit<Undone, 'result'>>()
    const filter = { mode: stripe.mode, keyId, since }
    let page = await listEvents(database, filter, pageSize)
    while (page.length > 0) {
      for (const event of page) {
        const [, kind] = /^(coupon|promotion_code)\.(?:bulk_)?create$/.exec(event.type) ?? []
        const isMade = event.outcome === 'applied' || (event.outcome === 'replayed' && (await isOwn(event)))
        if ((kind !== 'coupon' && kind !== 'promotion_code') || event.objectId === null || !isMade) continue
        made.set(`${event.accountId ?? ''}/${event.objectId}`, { event, objectId: event.objectId, kind })
      }
      page = await listEvents(database, filter, pageSize, page.at(-1))
    }
    return [...made.values()].toSorted((a, b) => b.kind.localeCompare(a.kind))
  }

  /** Whether no other key made what this one was told of again: keys of one agency share their Idempotency-Keys. */
  const isOwn = async ({ objectId, accountId, keyId, type }: JournalEvent): Promise<boolean> => {
    const about = { objectId: objectId ?? '', accountId: accountId ?? '' }
    const events = await listEvents(database, about, pageSize)
    return !events.some((other) => other.type === type && other.outcome === 'applied' && other.keyId !== keyId)
  }

  const undoOne = async ({ event, objectId, kind }: Omit<Undone, 'result'>, requestId: string): Promise<void> => {
    const account = await accounts.requireAccount(event.agencyId ?? '', event.accountId ?? '')
    const origin = { actor: 'operator', keyId: null, requestId, address: null } as const
    if (kind === 'coupon') {
      const own: OperatorOrigin = { ...origin, idempotencyKey: null, keySource: null }
      const change = { operation: 'coupon.delete', objectId, terms: {}, fields: undefined }
      await changes.record(account, own, change, () => stripe.deleteCoupon(account, objectId))
      return
    }
    const own: OperatorOrigin = { ...origin, idempotencyKey: randomUUID(), keySource: 'generated' }
    const terms = { active: false, expand }
    const change = { operation: 'promotion_code.update', objectId, terms, fields: { active: false } }
    await changes.record(account, own, change, (key, sent) => stripe.updatePromotionCode(account, objectId, sent, key))
  }

  return async function* undo(keyId: string, since: number, isDryRun: boolean): AsyncGenerator<Undone> {
    const requestId = newId('req')
    for (const found of await created(keyId, since)) {
      if (isDryRun) {
        yield { ...found, result: 'to undo' }
        continue
      }
      try {
        await undoOne(found, requestId)
        yield { ...found, result: 'undone' }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (error.code === 'not_found') yield { ...found, result: 'gone already' }
        else yield { ...found, result: 'failed', problem: error.message }
      }
    }
  }
}
