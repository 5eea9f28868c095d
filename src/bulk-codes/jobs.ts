import { createHash } from 'node:crypto'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Origin } from '../agencies/origin.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { deriveKey } from '../idempotency/derive.ts'
import { newId } from '../lib/ids.ts'
import { Refusal, refuseUnavailable, unavailable } from '../lib/refusal.ts'
import type { StripePromotionCodeTerms } from '../stripe/promotion-codes.ts'
import { marked } from './tag.ts'
import type { BulkData, BulkJob } from './schema.ts'

/** What a job is to make: the texts of the codes, and what each asks of Stripe beside its text. */
type Wish = { couponId: string; codes: string[]; terms: StripePromotionCodeTerms; fingerprint: string }
type Accepted = { job: BulkJob; replayed: boolean }

export type BulkJobs = ReturnType<typeof createBulkJobs>

/** How many rows one INSERT takes; few sizes make few statements for the database to keep. */
const rowsPerInsert = 100

/**
 * The jobs as their callers see them. Stripe has no job that could remember an Idempotency-Key, so it is kept with ours.
 */
export function createBulkJobs(database: Database) {
  const show = async (job: Tables['bulk_jobs']): Promise<BulkJob> => {
    const codes = await database
      .selectFrom('bulk_codes')
      .select(['code', 'status', 'promotion_code', 'error', 'error_code'])
      .where('job_id', '=', job.id)
      .orderBy('position')
      .execute()
    return jobOf(job, codes)
  }

  /** The job that an earlier request with this Idempotency-Key made. @throws Refusal where that was another request */
  const findEarlier = async (idempotencyKey: string, fingerprint: string): Promise<Accepted | undefined> => {
    const job = await database
      .selectFrom('bulk_jobs')
      .selectAll()
      .where('idempotency_key', '=', idempotencyKey)
      .executeTakeFirst()
    if (!job) return undefined
    if (job.fingerprint === fingerprint) return { job: await show(job), replayed: true }
    throw new Refusal(
      'idempotency_mismatch',
      'This Idempotency-Key was used before with another request. Use a new key for a new request.',
      { param: 'Idempotency-Key' },
    )
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
      await transaction
        .insertInto('bulk_leases')
        .values({ account_id: job.account_id, holder: '', expires_at: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const rows = codes.map((code, position) => newCode(job.id, position, code))
      for (let first = 0; first < rows.length; first += rowsPerInsert) {
        await transaction
          .insertInto('bulk_codes')
          .values(rows.slice(first, first + rowsPerInsert))
          .execute()
      }
      return true
    })

  const keyOf = (account: ConnectedAccount, origin: Origin) =>
    deriveKey(account, 'promotion_code.bulk', origin.idempotencyKey ?? '')

  return {
    async findEarlier(account: ConnectedAccount, origin: Origin, fingerprint: string): Promise<Accepted | undefined> {
      return await findEarlier(keyOf(account, origin), fingerprint).catch(refuseUnavailable)
    },

    /** Keeps a new job; or finds the one that an equal request made in the meantime. */
    async accept(account: ConnectedAccount, origin: Origin, wish: Wish): Promise<Accepted> {
      const id = newId('bulk')
      const job = {
        id,
        agency_id: account.agencyId,
        account_id: account.id,
        coupon_id: wish.couponId,
        key_id: origin.keyId,
        request_id: origin.requestId,
        idempotency_key: keyOf(account, origin),
        fingerprint: wish.fingerprint,
        terms: JSON.stringify(marked(wish.terms, id)),
        created_at: Date.now(),
        started_at: null,
        finished_at: null,
      }
      if (await insert(job, wish.codes).catch(refuseUnclear)) {
        return {
          job: jobOf(
            job,
            wish.codes.map((code, position) => newCode(id, position, code)),
          ),
          replayed: false,
        }
      }
      const earlier = await findEarlier(job.idempotency_key, wish.fingerprint).catch(refuseUnavailable)
      if (!earlier) throw unavailable(new Error('A bulk job was neither written nor found.'))
      return earlier
    },

    /** The agency's own job on this account and coupon; another one's and one that does not exist are refused alike. */
    async requireJob(account: ConnectedAccount, couponId: string, jobId: string): Promise<BulkJob> {
      const job = await database
        .selectFrom('bulk_jobs')
        .selectAll()
        .where('id', '=', jobId)
        .where('agency_id', '=', account.agencyId)
        .where('account_id', '=', account.id)
        .where('coupon_id', '=', couponId)
        .executeTakeFirst()
        .catch(refuseUnavailable)
      if (job) return await show(job).catch(refuseUnavailable)
      throw new Refusal('not_found', 'The coupon has no bulk job with this id.', { param: 'jobId' })
    },
  }
}

/** What tells this request from another one: its coupon and its fields, in whatever order they were written. */
export function fingerprintOf(couponId: string, data: BulkData): string {
  const sorted = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value
  return createHash('sha256')
    .update(JSON.stringify([couponId, data], sorted))
    .digest('hex')
}

type CodeRow = Pick<Tables['bulk_codes'], 'code' | 'status' | 'promotion_code' | 'error' | 'error_code'>

function newCode(jobId: string, position: number, code: string): Tables['bulk_codes'] {
  const nothingYet = { status: 'pending', promotion_code: null, error: null, error_code: null } as const
  return { job_id: jobId, position, code, keys_spent: 0, ...nothingYet }
}

function jobOf(job: Tables['bulk_jobs'], codes: CodeRow[]): BulkJob {
  const count = (status: CodeRow['status']) => codes.filter((code) => code.status === status).length
  return {
    id: job.id,
    object: 'bulk_promotion_codes',
    coupon: job.coupon_id,
    status: job.finished_at !== null ? 'done' : job.started_at !== null ? 'running' : 'queued',
    total: codes.length,
    succeeded: count('created'),
    failed: count('failed'),
    created: secondsOf(job.created_at),
    finished_at: job.finished_at === null ? null : secondsOf(job.finished_at),
    codes,
  }
}

function secondsOf(ms: number): number {
  return Math.floor(ms / 1_000)
}

/** The job may have been written although nobody could say so any more. */
function refuseUnclear(cause: unknown): never {
  const message =
    'The service is briefly unavailable. The job may have been accepted; retry with the same Idempotency-Key.'
  throw new Refusal('unavailable', message, { outcome: 'unknown', retryAfterS: 1, cause })
}
