import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { OperatorOrigin, Origin } from '../agencies/origin.ts'
import { deriveKey } from '../idempotency/derive.ts'
import { createInFlight } from '../idempotency/in-flight.ts'
import type { Answer } from '../lib/answer.ts'
import { newId } from '../lib/ids.ts'
import { keptTerms } from '../lib/kept-terms.ts'
import { Refusal, unavailable } from '../lib/refusal.ts'
import { earlierAttempts, knownOutcome, requestDigestOf } from './attempts.ts'
import type { Journal, NewEvent } from './journal.ts'

export type Change<Terms extends object> = {
  /** Part of the key that is derived for Stripe, so a name that has been released never changes. */
  operation: string
  /** The object to change or to create, where it has an id already. */
  objectId: string | null
  /** Everything that is sent to Stripe, as its parameters. */
  terms: Terms
  /** What the caller sent: equal fields are the same request, whatever this release makes of them. */
  fields: unknown
}

/** Asks Stripe for the change with these terms under this Idempotency-Key. */
type Call<Terms, T> = (stripeKey: string, terms: Terms) => Promise<Answer<T>>

export type Changes = ReturnType<typeof createChanges>

/** Enough to know a sentence of Stripe's by; one of them lists every currency. */
const messageMax = 300

export function createChanges(journal: Journal) {
  const share = createInFlight<Answer<unknown>>()

  const attempt = async <Terms extends object, T extends { id: string }>(
    account: ConnectedAccount,
    origin: Origin | OperatorOrigin,
    change: Change<Terms>,
    stripeKey: string,
    call: Call<Terms, T>,
  ): Promise<Answer<T>> => {
    const id = newId('chg')
    const whose = { agency_id: account.agencyId, account_id: account.id, key_id: origin.keyId, actor: origin.actor }
    const earlier = async () => await earlierAttempts(journal, account, origin, change, id)
    await journal
      .append({
        ...whose,
        type: `${change.operation}.started`,
        change_id: id,
        request_id: origin.requestId,
        address: origin.address,
        idempotency_key: origin.idempotencyKey,
        key_source: origin.keySource,
        request_digest: origin.idempotencyKey === null ? null : requestDigestOf(change),
        object_id: change.objectId,
        ...keptTerms(change.terms),
      })
      .catch(async (cause: unknown) => {
        throw knownOutcome(unavailable(cause), await earlier())
      })

    // Its start says whose it is.
    const end = (seen: Partial<NewEvent>) =>
      journal.appendEventually({ actor: origin.actor, type: `${change.operation}.ended`, change_id: id, ...seen })
    try {
      const answer = await call(stripeKey, change.terms).catch(async (error: unknown) => {
        const first = isMismatch(error) ? (await earlier())?.find(({ terms }) => terms !== null) : undefined
        if (first?.terms == null) throw error
        // An earlier release asked Stripe for the same request in other words: under one key they must stay the same.
        const terms: Terms = JSON.parse(first.terms)
        return await call(stripeKey, terms)
      })
      const mayHaveMade = async () => (await earlier())?.some(({ outcome }) => outcome !== 'not_applied') ?? false
      const isEarlier = !answer.hasAmbiguousAttempt || (await mayHaveMade())
      const replayed = answer.replayed && isEarlier
      const outcome = replayed ? 'replayed' : 'applied'
      end({ outcome, object_id: answer.value.id, stripe_request_id: answer.requestId ?? null })
      return { ...answer, replayed }
    } catch (error) {
      if (!(error instanceof Refusal)) {
        end({ outcome: 'unknown', code: 'internal' })
        throw error
      }
      const { outcome, code, message, stripeRequestId } = error
      end({
        // What an earlier request did is told by its own end.
        outcome: outcome === 'applied' ? 'not_applied' : outcome,
        code,
        message: message.slice(0, messageMax).toWellFormed(),
        stripe_request_id: stripeRequestId ?? null,
      })
      throw outcome === 'not_applied' ? knownOutcome(error, await earlier()) : error
    }
  }

  return {
    /**
     * Makes one change on Stripe, journaled before and after. Equal changes under one key that run at the same time share
     * one call. Where the start cannot be journaled, Stripe is not asked.
     * @throws Refusal whose `outcome` speaks of the change under this key, as far as the journal knows it
     */
    async record<Terms extends object, T extends { id: string }>(
      account: ConnectedAccount,
      origin: Origin | OperatorOrigin,
      change: Change<Terms>,
      call: Call<Terms, T>,
    ): Promise<Answer<T>> {
      // Stripe keeps no key for a DELETE, so no two of them are one.
      if (origin.idempotencyKey === null) return await attempt(account, origin, change, '', call)
      const stripeKey = deriveKey(account, change.operation, origin.idempotencyKey)
      // Not with another API key's: each is refused by what it may do itself.
      const same = JSON.stringify([stripeKey, origin.keyId, change.objectId, change.terms])
      const { result, shared } = await share(same, () => attempt(account, origin, change, stripeKey, call))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same operation gives the same type
      return { ...(result as Answer<T>), replayed: shared || result.replayed }
    },
  }
}

function isMismatch(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'idempotency_mismatch'
}
