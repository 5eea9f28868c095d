import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { JournalEvent } from './events.ts'
import * as evidence from './evidence.ts'
import { type Match, matchCoupon, matchPromotionCode, type Terms } from './matching.ts'

const { applied, isInTime, isSameChange, isTold, notApplied, termsOf, timeOf, unknown } = evidence

/** What is newer than this is read, so that a clock that was stepped is noticed instead of believed. */
const readBackMs = 24 * 60 * 60_000
const pagesMax = 20

/** Judges a creation under an id of Stripe's, by what was made on the account with its terms and is no other change's. */
export function createMadeByTerms({ others, claimOf }: evidence.Evidence, stripe: StripeClient) {
  const listed = async (event: JournalEvent, account: ConnectedAccount, terms: Terms) => {
    const since = { 'created[gte]': Math.floor((event.at - readBackMs) / 1000), limit: 100 }
    const found: { made: evidence.Made; match: Match }[] = []
    let after: string | undefined
    for (let page = 0; page < pagesMax; page += 1) {
      const query = { ...since, starting_after: after }
      if (event.type === 'coupon.create') {
        const { value } = await stripe.listCoupons(account, query)
        found.push(...value.data.map((made) => ({ made, match: matchCoupon(terms, made) })))
        if (!value.has_more) return found
      } else {
        const code = typeof terms['code'] === 'string' ? terms['code'] : undefined
        const { value } = await stripe.listPromotionCodes(account, { ...query, code })
        found.push(...value.data.map((made) => ({ made, match: matchPromotionCode(terms, made) })))
        if (!value.has_more) return found
      }
      after = found.at(-1)?.made.id
    }
    return undefined
  }

  return async (event: JournalEvent, account: ConnectedAccount): Promise<evidence.Verdict> => {
    const terms = termsOf(event)
    if (!terms) return unknown('The terms were too long to be kept, so that nothing can be compared with them.')
    const found = await listed(event, account, terms)
    if (!found) return unknown(`More than ${pagesMax * 100} objects were made since, too many to compare.`)
    const free: typeof found = []
    for (const one of found) {
      if (one.match !== 'other' && !(await claimOf(event, one.made.id))) free.push(one)
    }
    const near = free.filter(({ made }) => isInTime(event, made))
    const exact = near.filter(({ match }) => match === 'exact').map(({ made }) => made.id)
    const around = { type: event.type, since: event.at - readBackMs, until: event.at + readBackMs }
    const rivals = (await others(event, around)).filter(
      (other) => other.terms === event.terms && !isTold(other) && !isSameChange(other, event),
    )
    const [first] = exact
    if (first !== undefined && exact.length === rivals.length + 1) {
      return applied(
        first,
        `Stripe has ${first} with exactly these terms, of the time of the request, which no other change made.`,
      )
    }
    if (exact.length > 0) {
      const count = `${rivals.length + 1} changes without an answer asked for these terms`
      return unknown(`${count}, and Stripe has ${exact.length} that fit: ${exact.slice(0, 5).join(', ')}.`)
    }
    const [altered] = near
    if (altered) return unknown(`Stripe has ${altered.made.id}, which may have been made so and changed later.`)
    const far = free.find(({ match }) => match === 'exact')
    if (far) return unknown(`Stripe has ${far.made.id} with these terms, but of ${timeOf(far.made)}.`)
    const deletions =
      event.type === 'coupon.create' ? await others(event, { type: 'coupon.delete', since: event.at }) : []
    for (const { objectId, outcome } of deletions) {
      if (objectId === null || outcome === 'not_applied' || (await claimOf(event, objectId))) continue
      return unknown(`${objectId} was deleted since, and may have been the one that was made.`)
    }
    return notApplied('Stripe has none with these terms that no other change made.')
  }
}
