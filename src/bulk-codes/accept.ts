import type { ConnectedAccount } from '../accounts/accounts.ts'
import { lockAgency } from '../agencies/agencies.ts'
import type { Origin } from '../agencies/origin.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { deriveKey } from '../idempotency/derive.ts'
import { newId } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import { idempotencyMismatch, Refusal, refuseUnavailable, refuseUnclear, unavailable } from '../lib/refusal.ts'
import { createTurns } from '../lib/turns.ts'
import type { StripePromotionCodeTerms } from '../stripe/promotion-codes.ts'
import { tagWithJob } from './tag.ts'

/** The codes to create, and the parameters for Stripe that all of them share. */
type BulkRequest = { couponId: string; codes: string[]; terms: StripePromotionCodeTerms; fingerprint: string }
type Accepted = { jobId: string; replayed: boolean }

type Dependencies = { database: Database; mode: Mode; pendingCodesMax: number }

/** How many rows one INSERT takes; few sizes make few statements for the database to keep. */
const rowsPerInsert = 100
/** An account creates about a thousand codes a minute, so an earlier retry would rarely succeed. */
const retryAfterS = 60

export type AcceptJob = ReturnType<typeof createAcceptJob>

/** Accepts jobs. Stripe has no job that could remember an Idempotency-Key, so it is kept with ours. */
export function createAcceptJob({ database, mode, pendingCodesMax }: Dependencies) {
  const inTurn = createTurns()
  const keyOf = (account: Pick<ConnectedAccount, 'agencyId' | 'id'>, idempotencyKey: string | null) =>
    jobKey(mode, deriveKey(account, 'promotion_code.bulk', idempotencyKey ?? ''))

  const findByKey = async (key: string) =>
    await database
      .selectFrom('bulk_jobs')
      .select(['id', 'fingerprint'])
      .where('idempotency_key', '=', key)
      .executeTakeFirst()

  /**
   * The job that an earlier request with this Idempotency-Key made.
   * @throws Refusal `idempotency_mismatch` where that was another request
   */
  const findEarlier = async (
    account: ConnectedAccount,
    origin: Origin,
    fingerprint: string,
  ): Promise<Accepted | undefined> => {
    const job = await findByKey(keyOf(account, origin.idempotencyKey)).catch(refuseUnclear)
    if (!job) return undefined
    if (job.fingerprint === fingerprint) return { jobId: job.id, replayed: true }
    throw idempotencyMismatch()
  }

  /** The refusal `rate_limited` where the agency would have too many pending codes, those of the new job included. */
  const findShortage = async (on: Database, job: Tables['bulk_jobs']): Promise<Refusal | undefined> => {
    const row = await on
      .selectFrom('bulk_jobs')
      .select((builder) => builder.fn.sum<number | null>('pending').as('pending'))
      .where('finished_at', 'is', null)
      .where('mode', '=', mode)
      .where('agency_id', '=', job.agency_id)
      .where('id', '!=', job.id)
      .executeTakeFirstOrThrow()
    const pending = row.pending ?? 0
    if (pending + job.pending <= pendingCodesMax) return undefined
    const message =
      `Your agency may have ${pendingCodesMax} pending codes in bulk jobs and has ${pending}; this job asks for ${job.pending} more. ` +
      'Wait until some are made, or cancel a job.'
    return new Refusal('rate_limited', message, { retryAfterS, limit: 'bulk_pending_codes' })
  }

  /** Writes the job with all its codes, or nothing; false where an equal request was faster. */
  const insert = async (job: Tables['bulk_jobs'], codes: string[]): Promise<boolean> =>
    await database.transaction().execute(async (transaction) => {
      const inserted = await transaction
        .insertInto('bulk_jobs')
        .values(job)
        .onConflict((conflict) => conflict.column('idempotency_key').doNothing())
        .executeTakeFirstOrThrow()
      if (inserted.numInsertedOrUpdatedRows !== 1n) return false
      // Or other processes would count the same free capacity at once.
      await lockAgency(transaction, job.agency_id)
      const shortage = await findShortage(transaction, job)
      if (shortage) throw shortage
      const nothingYet = { status: 'pending', attempts: 0, keys_spent: 0 } as const
      const rows = codes.map((code, position) => ({ job_id: job.id, position, code, ...nothingYet }))
      for (let first = 0; first < rows.length; first += rowsPerInsert) {
        await transaction
          .insertInto('bulk_codes')
          .values(rows.slice(first, first + rowsPerInsert))
          .execute()
      }
      return true
    })

  const store = async (
    account: ConnectedAccount,
    origin: Origin,
    job: Tables['bulk_jobs'],
    codes: string[],
  ): Promise<Accepted> => {
    // An agency at its limit must not cost others the transaction that would refuse it.
    const shortage = await findShortage(database, job).catch(refuseUnavailable)
    if (!shortage && (await insert(job, codes).catch(refuseUnclear))) return { jobId: job.id, replayed: false }
    const earlier = await findEarlier(account, origin, job.fingerprint)
    if (!earlier) throw shortage ?? unavailable(new Error('A bulk job was neither written nor found.'))
    return earlier
  }

  return {
    findEarlier,

    /** What became of earlier requests with this Idempotency-Key: a job that was stored is a change that was made. */
    async findAttempts(account: { agencyId: string; id: string }, idempotencyKey: string) {
      const job = await findByKey(keyOf(account, idempotencyKey))
      return job ? [{ outcome: 'applied' as const }] : []
    },

    /**
     * Stores a new job, or finds the one that an equal request has stored in the meantime. Requests of one agency take turns,
     * so that together they hold one connection to the database.
     * @throws Refusal `rate_limited` where the agency would have too many pending codes
     */
    async accept(account: ConnectedAccount, origin: Origin, request: BulkRequest): Promise<Accepted> {
      const id = newId('bulk')
      const job = {
        id,
        mode,
        agency_id: account.agencyId,
        account_id: account.id,
        coupon_id: request.couponId,
        key_id: origin.keyId,
        request_id: origin.requestId,
        idempotency_key: keyOf(account, origin.idempotencyKey),
        fingerprint: request.fingerprint,
        terms: JSON.stringify(tagWithJob(request.terms, id)),
        created_at: Date.now(),
        started_at: null,
        canceled_at: null,
        finished_at: null,
        pending: request.codes.length,
      }
      return await inTurn(account.agencyId, () => store(account, origin, job, request.codes))
    },
  }
}

/** Assigns jobs of releases that stored no mode to the mode of the first start after the update. */
export async function adoptJobs(database: Database, mode: Mode): Promise<void> {
  await database
    .updateTable('bulk_jobs')
    .set((column) => ({
      mode,
      idempotency_key: column(column.val(jobKey(mode, '')), '||', column.ref('idempotency_key')),
    }))
    .where('mode', 'is', null)
    .execute()
}

function jobKey(mode: Mode, derivedKey: string): string {
  return `${mode}/${derivedKey}`
}
