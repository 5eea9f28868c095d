import type { Accounts, ConnectedAccount } from '../accounts/accounts.ts'
import type { Database } from '../database/database.ts'
import { type Code, Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { JournalEvent } from './events.ts'
import {
  applied,
  type Attempted,
  clockLagMs,
  createEvidence,
  isBefore,
  isDeleting,
  isDone,
  isInTime,
  isMaking,
  isSameChange,
  isTold,
  type Made,
  nameOf,
  notApplied,
  termsOf,
  timeOf,
  TooManyEvents,
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
  const { changeOf, touching } = journal
  const madeByTerms = createMadeByTerms(journal, stripe)

  /** To be awaited before the journal is read, which then has the start of all that the answer shows. */
  const read = async <T extends Made>(call: Promise<{ value: T }>): Promise<T | undefined> =>
    (await call.catch(noneWhere('not_found')))?.value

  const madeById = async (event: Attempted, account: ConnectedAccount, id: string): Promise<Verdict> => {
    const coupon = await read(stripe.retrieveCoupon(account, id))
    const touched = await touching(event, id)
    const deletions = touched.filter(isDeleting)
    const deletion = deletions.find((other) => !isBefore(other, event))
    if (deletion) return unknown(`${nameOf(deletion, event)} may have deleted ${id} since.`, id)
    if (!coupon) return notApplied(`Stripe has no ${id}.`)
    const isGone = (maker: JournalEvent) => deletions.some((other) => isDone(other) && isBefore(maker, other))
    const makers = touched.filter((other) => isMaking(other) && !isSameChange(other, event) && !isGone(other))
    const isMaker = (maker: JournalEvent) =>
      isDone(maker) &&
      isInTime(maker, coupon) &&
      // What is told again may be what was deleted.
      deletions.every((other) => maker.outcome === 'applied' && isBefore(other, maker))
    const claim = makers.find(isMaker)
    if (claim) return notApplied(`${id} was made by ${nameOf(claim, event, 'another change')}.`)
    const terms = termsOf(event)
    const mayHaveMade = (asked: typeof terms) => !asked || matchCoupon(asked, coupon) !== 'other'
    if (!mayHaveMade(terms)) return notApplied(`Stripe has ${id} with other terms.`)
    const rival = makers.find((maker) => mayHaveMade(termsOf(maker)))
    const rivalName = rival && nameOf(rival, event)
    if (rival && isTold(rival)) return unknown(`${rivalName} made ${id} too, and nothing tells whose this one is.`, id)
    if (rival) return unknown(`${rivalName} asked for ${id} too, and has no answer either.`, id)
    if (isInTime(event, coupon)) return applied(id, `Stripe has ${id} with these terms, of the time of the request.`)
    return unknown(`Stripe has ${id} with these terms, of ${timeOf(coupon)}, which is not the time of the request.`, id)
  }

  const updated = async (event: Attempted, account: ConnectedAccount, id: string): Promise<Verdict> => {
    const isCoupon = event.type === 'coupon.update'
    const object = await read<Made>(
      isCoupon ? stripe.retrieveCoupon(account, id) : stripe.retrievePromotionCode(account, id),
    )
    const rival = (await touching(event, id)).find((other) => !isBefore(other, event) && !isSameChange(other, event))
    if (rival) return unknown(`${nameOf(rival, event)} may have changed ${id} since.`, id)
    if (!object) return notApplied(`Stripe has no ${id}.`)
    const terms = termsOf(event)
    const isSo = terms && isAsAsked(terms, object)
    if (isSo === undefined) return unknown(`Stripe does not show what was to be changed in ${id}.`, id)
    return isSo ? applied(id, `${id} is as it was asked for.`) : notApplied(`${id} is not as it was asked for.`, id)
  }

  const deleted = async (event: Attempted, account: ConnectedAccount, id: string): Promise<Verdict> => {
    const coupon = await read(stripe.retrieveCoupon(account, id))
    const touched = await touching(event, id)
    const makers = touched.filter(isMaking)
    const remade = makers.find((other) => !isBefore(other, event))
    if (remade) return unknown(`${nameOf(remade, event)} may have made ${id} since.`, id)
    if (coupon) {
      const isOlder = coupon.created * 1000 < event.at - clockLagMs
      const isKnown = makers.some((maker) => isDone(maker) && isInTime(maker, coupon))
      if (isOlder || isKnown) return notApplied(`Stripe still has ${id}.`, id)
      return unknown(`Stripe has ${id}, but of ${timeOf(coupon)}: it may have been made again.`, id)
    }
    const deletions = touched.filter(isDeleting)
    const wasThere = touched.some(
      (other) =>
        other.outcome === 'applied' &&
        !isDeleting(other) &&
        isBefore(other, event) &&
        deletions.every((deletion) => isBefore(deletion, other)),
    )
    if (wasThere) return applied(id, `Stripe has no ${id} any more.`)
    const [deletion] = deletions
    if (deletion)
      return unknown(`Stripe has no ${id}, but ${nameOf(deletion, event, 'another change')} may have deleted it.`, id)
    return unknown(`Stripe has no ${id}, and the journal does not show that it ever had one.`, id)
  }

  const judge = async (event: JournalEvent): Promise<Verdict> => {
    if (event.agencyId === null || event.accountId === null) return unknown('The change names no account.')
    const { change, answered } = await changeOf(event)
    if (answered)
      return applied(answered.objectId, `A retry under the same Idempotency-Key, ${answered.id}, was answered.`)
    const account = await accounts.requireAccount(event.agencyId, event.accountId).catch(noneWhere('account_not_found'))
    if (!account) return unknown('The account is no longer connected.')
    const { type, objectId } = event
    if (isMaking(event) && objectId !== null) return await madeById(change, account, objectId)
    if (isMaking(event)) return await madeByTerms(change, account)
    if (objectId !== null && type.endsWith('.update')) return await updated(change, account, objectId)
    if (objectId !== null && type === 'coupon.delete') return await deleted(change, account, objectId)
    return unknown(`Nothing is known of how to settle ${type}.`)
  }

  return async (event: JournalEvent): Promise<Verdict> =>
    await judge(event).catch((error: unknown) => {
      if (error instanceof TooManyEvents) return unknown('The journal has too many other changes to compare with.')
      throw error
    })
}

/** The catch handler of a look-up that gives nothing where it is refused with this code. */
function noneWhere(code: Code) {
  return (error: unknown): undefined => {
    if (!(error instanceof Refusal) || error.code !== code) throw error
  }
}
