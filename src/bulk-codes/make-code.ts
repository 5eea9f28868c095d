import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Changes } from '../journal/changes.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import { isOf } from './tag.ts'
import type { Job, PendingCode } from './work.ts'

type Dependencies = { changes: Changes; stripe: StripeClient }

export type MakeCode = (account: ConnectedAccount, job: Job, code: PendingCode) => Promise<string>

/**
 * Makes one code of a job, or finds the one that an earlier try has made: its id. The Idempotency-Key follows from the job
 * and the code's place in it, so that a try after a crash repeats the first; and where Stripe has forgotten the key, it
 * still refuses a second active code of the same text.
 */
export function createMakeCode({ changes, stripe }: Dependencies): MakeCode {
  const findMade = async (account: ConnectedAccount, job: Job, code: string): Promise<string | undefined> => {
    const { value } = await stripe.listPromotionCodes(account, { code, limit: 100 })
    return value.data.find((candidate) => isOf(job.id, candidate))?.id
  }

  return async (account, job, { position, code, keysSpent }) => {
    // Behind a 5xx the code may have been made, and a new key would not tell.
    const made = keysSpent > 0 ? await findMade(account, job, code) : undefined
    if (made !== undefined) return made
    const { keyId, requestId } = job
    const idempotencyKey = `${job.id}/${position}/${keysSpent}`
    const origin = { actor: 'worker', keyId, requestId, idempotencyKey, keySource: 'generated' } as const
    const terms = { ...job.terms, code }
    try {
      const change = { operation: 'promotion_code.bulk_create', objectId: null, terms, fields: { code } }
      const { value } = await changes.record(account, origin, change, (key, sent) =>
        stripe.createPromotionCode(account, sent, key),
      )
      return value.id
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'already_exists') throw error
      const own = await findMade(account, job, code)
      if (own !== undefined) return own
      throw error
    }
  }
}
