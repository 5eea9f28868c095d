import { createHash } from 'node:crypto'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Origin } from '../agencies/origin.ts'
import type { Answer } from '../lib/answer.ts'
import { createInFlight } from '../idempotency/in-flight.ts'
import { newId } from '../lib/ids.ts'
import { Refusal, refuseUnavailable } from '../lib/refusal.ts'
import type { Journal } from './journal.ts'

export type Change = {
  operation: string
  /** The object that is changed; null for one that Stripe has yet to name. */
  target: string | null
  terms: object
}

export type Changes = ReturnType<typeof createChanges>

/** `reportLost` is told of each ending that could not be written, so that an operator can settle it by hand. */
export function createChanges(journal: Journal, reportLost: (change: object, cause: unknown) => void) {
  const share = createInFlight<Answer<unknown>>()

  const journaled = async <T extends { id: string }>(
    account: ConnectedAccount,
    origin: Origin,
    change: Change,
    stripeKey: string,
    call: (stripeKey: string) => Promise<Answer<T>>,
  ): Promise<Answer<T>> => {
    const id = newId('chg')
    const end = async (outcome: 'applied' | 'replayed' | 'not_applied' | 'unknown', seen: Seen) => {
      const row = { change_id: id, outcome, code: null, object_id: null, ...seen }
      await journal.end({ ...row, ended_at: Date.now() }).catch((cause: unknown) => reportLost(row, cause))
    }
    await journal
      .begin({
        id,
        agency_id: account.agencyId,
        key_id: origin.keyId,
        account_id: account.id,
        request_id: origin.requestId,
        operation: change.operation,
        target: change.target,
        terms: JSON.stringify(change.terms),
        idempotency_key: stripeKey,
        started_at: Date.now(),
      })
      .catch(refuseUnavailable)
    try {
      const answer = await call(stripeKey)
      await end(answer.replayed ? 'replayed' : 'applied', {
        object_id: answer.value.id,
        stripe_request_id: answer.requestId ?? null,
      })
      return answer
    } catch (error) {
      const refusal = error instanceof Refusal ? error : undefined
      await end(refusal?.outcome ?? 'unknown', {
        code: refusal?.code ?? 'internal',
        stripe_request_id: refusal?.stripeRequestId ?? null,
      })
      throw error
    }
  }

  return {
    /**
     * Makes one change on Stripe, written to the journal before and after. The call gets the Idempotency-Key for Stripe;
     * equal changes under one key that run at the same time share one call. Where the journal cannot be written, the
     * change is not made.
     */
    async record<T extends { id: string }>(
      account: ConnectedAccount,
      origin: Origin,
      change: Change,
      call: (stripeKey: string) => Promise<Answer<T>>,
    ): Promise<Answer<T>> {
      const stripeKey = deriveKey(account, change.operation, origin.idempotencyKey)
      const same = JSON.stringify([stripeKey, change.target, change.terms])
      const { result, shared } = await share(same, () => journaled(account, origin, change, stripeKey, call))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same operation gives the same type
      return { ...(result as Answer<T>), replayed: shared || result.replayed }
    },
  }
}

type Seen = { code?: string; object_id?: string; stripe_request_id: string | null }

/**
 * The caller's Idempotency-Key, scoped so that the same key of another agency, on another account or for another
 * operation is another key for Stripe. Nothing is stored: the same request always derives the same key.
 */
export function deriveKey(account: ConnectedAccount, operation: string, callersKey: string): string {
  const scoped = JSON.stringify([account.agencyId, account.id, operation, callersKey])
  return createHash('sha256').update(scoped).digest('hex')
}
