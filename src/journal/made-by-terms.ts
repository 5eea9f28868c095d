import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { JournalEvent } from './events.ts'
import * as evidence from './evidence.ts'
import { type Match, matchCoupon, matchPromotionCode, type Terms } from './matching.ts'
import { backInSteps } from './steps.ts'

const { applied, isInTime, isSameChange, notApplied, termsOf, timeOf, unknown } = evidence

/** What is newer than this is read, so that a clock that was stepped is noticed instead of believed. */
const readBackMs = 24 * 60 * 60_000
const pagesMax = 20

/** An object, and how it compares with terms. */
type Found = { made: evidence.Made; match: (terms: Terms) => Match }

/** Judges a creation under an id of Stripe's, by what was made on the account with its terms and is no other change's. */
export function createMadeByTerms({ others, claimOf }: evidence.Evidence, stripe: StripeClient) {
  const listed = async (event: evidence.Attempted, account: ConnectedAccount, terms: Terms) => {
    const since = { 'created[gte]': Math.floor((event.at - readBackMs) / 1000), limit: 100 }
    const found: Found[] = []
    let after: string | undefined
    for (let page = 0; page < pagesMax; page += 1) {
      const query = { ...since, starting_after: after }
      if (event.type === 'coupon.create') {
        const { value } = await stripe.listCoupons(account, query)
        found.push(...value.data.map((made) => ({ made, match: (asked: Terms) => matchCoupon(asked, made) })))
        if (!value.has_more) return found
      } else {
        const code = typeof terms['code'] === 'string' ? terms['code'] : undefined
        const { value } = await stripe.listPromotionCodes(account, { ...query, code })
        found.push(...value.data.map((made) => ({ made, match: (asked: Terms) => matchPromotionCode(asked, made) })))
        if (!value.has_more) return found
      }
      after = found.at(-1)?.made.id
    }
    return undefined
  }

  /** Other changes of its kind without an answer. */
  const openAround = async (event: evidence.Attempted): Promise<JournalEvent[]> => {
    const open: JournalEvent[] = []
    for await (const window of backInSteps(event.at - readBackMs, event.lastAt + readBackMs)) {
      const found = await others(event, { ...window, type: event.type, isOpen: true })
      open.push(...found.filter((other) => !isSameChange(other, event)))
    }
    return open
  }

  return async (event: evidence.Attempted, account: ConnectedAccount): Promise<evidence.Verdict> => {
    const terms = termsOf(event)
    if (!terms) return unknown('The terms were too long to be kept, so that nothing can be compared with them.')
    const found = await listed(event, account, terms)
    if (!found) return unknown(`More than ${pagesMax * 100} objects were made since, too many to compare.`)
    const free: typeof found = []
    for (const one of found) {
      if (one.match(terms) !== 'other' && !(await claimOf(event, one.made.id))) free.push(one)
    }
    const near = free.filter(({ made }) => isInTime(event, made))
    const exact = near.filter(({ match }) => match(terms) === 'exact')
    const open = exact.length > 0 ? await openAround(event) : []
    const mayHaveMade = (other: JournalEvent, { made, match }: Found) => {
      const asked = termsOf(other)
      return (other.objectId ?? made.id) === made.id && (!asked || match(asked) === 'exact')
    }
    const rivals = open.filter((other) => exact.some((one) => mayHaveMade(other, one)))
    const areAlike = rivals.every((other) => exact.every((one) => mayHaveMade(other, one)))
    const [first] = exact.map(({ made }) => made.id)
    if (first !== undefined && exact.length === rivals.length + 1 && areAlike) {
      return applied(
        first,
        `Stripe has ${first} with exactly these terms, of the time of the request, which no other change made.`,
      )
    }
    if (exact.length > 0) {
      const count = `${rivals.length + 1} changes without an answer asked for these terms`
      const ids = exact.slice(0, 5).map(({ made }) => made.id)
      return unknown(`${count}, and Stripe has ${exact.length} that fit: ${ids.join(', ')}.`)
    }
    const [altered] = near
    if (altered) return unknown(`Stripe has ${altered.made.id}, which may have been made so and changed later.`)
    const far = free.find(({ match }) => match(terms) === 'exact')
    if (far) return unknown(`Stripe has ${far.made.id} with these terms, but of ${timeOf(far.made)}.`)
    const since = { type: 'coupon.delete', since: event.at - readBackMs }
    const deletions = event.type === 'coupon.create' ? await others(event, since) : []
    for (const { objectId, outcome, seq, agencyId } of deletions) {
      // Nobody knew its id before it was made.
      if (objectId === null || outcome === 'not_applied' || seq < event.seq) continue
      if (await claimOf(event, objectId)) continue
      const coupon = agencyId === event.agencyId ? objectId : 'A coupon'
      return unknown(`${coupon} was deleted since, and may have been the one that was made.`)
    }
    return notApplied('Stripe has none with these terms that no other change made.')
  }
}
