import type { Accounts, ConnectedAccount } from '../accounts/accounts.ts'
import type { Database } from '../database/database.ts'
import { type Code, Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { JournalEvent } from './events.ts'
import {
  applied,
  createEvidence,
  isDone,
  isInTime,
  isMaking,
  isSameChange,
  isTold,
  type Made,
  notApplied,
  termsOf,
  timeOf,
  unknown,
  type Verdict,
} from './evidence.ts'
import { createMadeByTerms } from './made-by-terms.ts'
import { isAsAsked, matchCoupon } from './matching.ts'

type Dependencies = { database: Database; accounts: Accounts; stripe: StripeClient }

/**
 * Says what became of a change whose answer was lost, from the journal and by reading from Stripe.
 * @throws Refusal where Stripe cannot be asked now
 */
export function createVerdict({ database, accounts, stripe }: Dependencies) {
  const journal = createEvidence(database)
  const { others, claimOf } = journal
  const madeByTerms = createMadeByTerms(journal, stripe)

  const read = async <T extends Made>(call: Promise<{ value: T }>): Promise<T | undefined> =>
    (await call.catch(noneWhere('not_found')))?.value

  const madeById = async (event: JournalEvent, account: ConnectedAccount, id: string): Promise<Verdict> => {
    const deleted = (await others(event, { objectId: id, since: event.at })).some(({ type }) =>
      type.endsWith('.delete'),
    )
    if (deleted) return unknown(`${id} has been deleted since.`, id)
    const coupon = await read(stripe.retrieveCoupon(account, id))
    if (!coupon) return notApplied(`Stripe has no ${id}.`)
    const claim = await claimOf(event, id)
    if (claim) return notApplied(`${id} was made by ${claim.id}.`)
    const terms = termsOf(event)
    const mayHaveMade = (asked: typeof terms) => !asked || matchCoupon(asked, coupon) !== 'other'
    if (!mayHaveMade(terms)) return notApplied(`Stripe has ${id} with other terms.`)
    const rival = (await others(event, { objectId: id })).find(
      (other) => isMaking(other) && !isTold(other) && !isSameChange(other, event) && mayHaveMade(termsOf(other)),
    )
    if (rival) return unknown(`${rival.id} asked for ${id} too, and has no answer either.`, id)
    if (isInTime(event, coupon)) return applied(id, `Stripe has ${id} with these terms, of the time of the request.`)
    return unknown(`Stripe has ${id} with these terms, of ${timeOf(coupon)}, which is not the time of the request.`, id)
  }

  const updated = async (event: JournalEvent, account: ConnectedAccount, id: string): Promise<Verdict> => {
    const later = (await others(event, { objectId: id, since: event.at })).find(
      (other) => other.outcome !== 'not_applied' && !isMaking(other),
    )
    if (later) return unknown(`${later.id} changed ${id} since.`, id)
    const isCoupon = event.type === 'coupon.update'
    const object = await read<Made>(
      isCoupon ? stripe.retrieveCoupon(account, id) : stripe.retrievePromotionCode(account, id),
    )
    if (!object) return notApplied(`Stripe has no ${id}.`)
    const terms = termsOf(event)
    const isSo = terms && isAsAsked(terms, object)
    if (isSo === undefined) return unknown(`Stripe does not show what was to be changed in ${id}.`, id)
    return isSo ? applied(id, `${id} is as it was asked for.`) : notApplied(`${id} is not as it was asked for.`, id)
  }

  const deleted = async (event: JournalEvent, account: ConnectedAccount, id: string): Promise<Verdict> => {
    const coupon = await read(stripe.retrieveCoupon(account, id))
    if (!coupon) return applied(id, `Stripe has no ${id} any more.`)
    if (coupon.created * 1000 < event.at) return notApplied(`Stripe still has ${id}.`, id)
    return unknown(`Stripe has ${id}, but of ${timeOf(coupon)}: it was made again.`, id)
  }

  return async (event: JournalEvent): Promise<Verdict> => {
    if (event.agencyId === null || event.accountId === null) return unknown('The change names no account.')
    if (event.idempotencyKey !== null) {
      const { agencyId, idempotencyKey } = event
      const same = (await others(event, { agencyId, idempotencyKey })).find(
        (other) => other.type === event.type && other.terms === event.terms && isDone(other),
      )
      if (same) return applied(same.objectId, `A retry under the same Idempotency-Key, ${same.id}, was answered.`)
    }
    const account = await accounts.requireAccount(event.agencyId, event.accountId).catch(noneWhere('account_not_found'))
    if (!account) return unknown('The account is no longer connected.')
    const { type, objectId } = event
    if (isMaking(event) && objectId !== null) return await madeById(event, account, objectId)
    if (isMaking(event)) return await madeByTerms(event, account)
    if (objectId !== null && type.endsWith('.update')) return await updated(event, account, objectId)
    if (objectId !== null && type === 'coupon.delete') return await deleted(event, account, objectId)
    return unknown(`Nothing is known of how to settle ${type}.`)
  }
}

/** The catch handler of a look-up that gives nothing where it is refused with this code. */
function noneWhere(code: Code) {
  return (error: unknown): undefined => {
    if (!(error instanceof Refusal) || error.code !== code) throw error
  }
}
