import type { ExpressionBuilder } from 'kysely'
import { platform } from '../agencies/freezes.ts'
import { isWorking } from '../agencies/key-rows.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { Task } from '../jobs/fair-choice.ts'
import type { Mode } from '../lib/mode.ts'
import type { StripePromotionCodeTerms } from '../stripe/promotion-codes.ts'

/**
 * The work of one agency on one account. The lease is the account's, not a job's: Stripe limits the calls of an account, so that
 * two workers on one would add up beyond the limit.
 */
export type AccountTask = Task & { accountId: string }

export type Job = {
  id: string
  agencyId: string
  accountId: string
  keyId: string
  requestId: string
  terms: StripePromotionCodeTerms
}
/** A code whose try is counted in the database, so that it may be sent to Stripe. */
export type BegunCode = { job: Job; position: number; code: string; keysSpent: number; attempts: number }

export const jobColumns = ['id', 'agency_id', 'account_id', 'key_id', 'request_id', 'terms', 'started_at'] as const
export const codeColumns = ['position', 'code', 'keys_spent as keysSpent', 'attempts'] as const

export function unfinishedJobs(on: Database, mode: Mode, { group, accountId }: AccountTask) {
  return on
    .selectFrom('bulk_jobs')
    .where('finished_at', 'is', null)
    .where('mode', '=', mode)
    .where('agency_id', '=', group)
    .where('account_id', '=', accountId)
}

/** The jobs on which a worker works. */
export function runnableJobs(on: Database, mode: Mode, task: AccountTask) {
  return unfinishedJobs(on, mode, task).where((is) => is.not(isFrozen(is, mode)))
}

/** Holds of the jobs that wait for the end of a freeze. One whose key works no more does not: it ends. */
export function isFrozen(is: ExpressionBuilder<Tables, 'bulk_jobs'>, mode: Mode) {
  const key = is.selectFrom('api_keys').select('api_keys.id').whereRef('api_keys.id', '=', 'bulk_jobs.key_id')
  const freezes = is
    .selectFrom('freezes')
    .select('target')
    .where((any) =>
      any.or([
        any('target', '=', any.ref('bulk_jobs.key_id')),
        any('target', '=', any.ref('bulk_jobs.agency_id')),
        any('target', '=', platform),
      ]),
    )
  const frozen = is.or([is.exists(freezes), is.exists(key.where('api_keys.frozen_at', 'is not', null))])
  return is.and([frozen, is.exists(key.where((any) => isWorking(any, mode)))])
}

/** The update that ends each job without a pending code; to be narrowed to the jobs in question. */
export function finishJobs(on: Database) {
  return on
    .updateTable('bulk_jobs')
    .set({ finished_at: Date.now() })
    .where('finished_at', 'is', null)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('bulk_codes')
            .select('position')
            .whereRef('job_id', '=', 'bulk_jobs.id')
            .where('status', '=', 'pending'),
        ),
      ),
    )
}

/**
 * Subtracts codes from what is pending of a job. Before its codes are written, because a cancel also locks the job first, and two
 * transactions that lock in the same order cannot block each other for good.
 */
export async function countSettled(on: Database, jobId: string, count: number): Promise<void> {
  await on
    .updateTable('bulk_jobs')
    .set(({ eb }) => ({ pending: eb('pending', '-', count) }))
    .where('id', '=', jobId)
    .execute()
}

export function pendingCodes(on: Database, jobId: string) {
  return on.selectFrom('bulk_codes').where('job_id', '=', jobId).where('status', '=', 'pending')
}

export function begunCode({ position, code, keysSpent, attempts }: Omit<BegunCode, 'job'>, job: Job): BegunCode {
  return { job, position, code, keysSpent, attempts }
}

type JobRow = { id: string; agency_id: string; account_id: string; key_id: string; request_id: string; terms: string }

export function jobOf({
  id,
  agency_id: agencyId,
  account_id: accountId,
  key_id: keyId,
  request_id: requestId,
  terms,
}: JobRow): Job {
  return { id, agencyId, accountId, keyId, requestId, terms: JSON.parse(terms) }
}
