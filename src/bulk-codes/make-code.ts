import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Changes } from '../journal/changes.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { JobState } from './check-job.ts'
import { failedOutcome, type Outcome } from './outcome.ts'
import type { BegunCode } from './rows.ts'
import { belongsToJob } from './tag.ts'

type Dependencies = { changes: Changes; stripe: StripeClient }

export type MakeCode = ReturnType<typeof createMakeCode>

/**
 * Makes one code of a job, or finds the one that an earlier try has made. The Idempotency-Key follows from the job and the
 * code's position, so that a try after a crash repeats the first one; and where Stripe has forgotten the key, it still
 * refuses a second active code of the same text.
 */
export function createMakeCode({ changes, stripe }: Dependencies) {
  const findMade = async (account: ConnectedAccount, { job, code }: BegunCode): Promise<string | undefined> => {
    const { value } = await stripe.listPromotionCodes(account, { code, limit: 100 })
    return value.data.find((candidate) => belongsToJob(candidate, job.id))?.id
  }

  const create = async (account: ConnectedAccount, { job, position, code, keysSpent }: BegunCode): Promise<string> => {
    const { keyId, requestId } = job
    const idempotencyKey = `${job.id}/${position}/${keysSpent}`
    const origin = { actor: 'worker', keyId, requestId, address: null, idempotencyKey, keySource: 'generated' } as const
    const terms = { ...job.terms, code }
    const change = { operation: 'promotion_code.bulk_create', objectId: null, terms, fields: code }
    const { value } = await changes.record(account, origin, change, (key, sent) =>
      stripe.createPromotionCode(account, sent, key),
    )
    return value.id
  }

  const make = async (account: ConnectedAccount, code: BegunCode): Promise<string> => {
    if (code.keysSpent > 0) {
      // A try under an earlier key may have created the code, which a new key cannot detect: look for it first.
      const made = await findMade(account, code)
      if (made !== undefined) return made
      // To look for it may have taken many seconds.
      await account.recheck?.()
    }
    try {
      return await create(account, code)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'already_exists') throw error
      const own = await findMade(account, code)
      if (own !== undefined) return own
      throw error
    }
  }

  return async (code: BegunCode, { account, isCanceled }: JobState & { isCanceled: boolean }): Promise<Outcome> => {
    try {
      if (!isCanceled) return { kind: 'created', promotionCode: await make(account, code) }
      // An earlier try of a canceled code may have created it.
      const made = code.attempts > 1 ? await findMade(account, code) : undefined
      return made === undefined ? { kind: 'canceled' } : { kind: 'created', promotionCode: made }
    } catch (error) {
      return failedOutcome(error)
    }
  }
}
