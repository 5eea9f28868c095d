import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { Mode } from '../lib/mode.ts'
import { Refusal, refuseUnavailable, refuseUnclear } from '../lib/refusal.ts'
import { unixSeconds } from '../lib/times.ts'
import { createTurns } from '../lib/turns.ts'
import { countSettled, finishJobs } from './rows.ts'
import type { BulkCode, BulkJob } from './schema.ts'

export type BulkJobs = ReturnType<typeof createBulkJobs>

/** The jobs of one mode as their agencies see them. */
export function createBulkJobs(database: Database, mode: Mode) {
  const inTurn = createTurns()

  const find = async (account: ConnectedAccount, couponId: string, jobId: string): Promise<BulkJob> => {
    const job = await database
      .selectFrom('bulk_jobs')
      .selectAll()
      .where('id', '=', jobId)
      .where('mode', '=', mode)
      .where('agency_id', '=', account.agencyId)
      .where('account_id', '=', account.id)
      .where('coupon_id', '=', couponId)
      .executeTakeFirst()
    if (!job) throw new Refusal('not_found', 'The coupon has no bulk job with this id.', { param: 'jobId' })
    return await withCounts(database, job)
  }

  return {
    /** The agency's own job on this account and coupon; another one's and one that does not exist are refused alike. */
    async requireJob(account: ConnectedAccount, couponId: string, jobId: string): Promise<BulkJob> {
      return await find(account, couponId, jobId).catch(refuseUnavailable)
    },

    /** The job's codes after a position, at most so many, in the order in which they were given. */
    async listCodes(jobId: string, afterPosition: number, countMax: number): Promise<BulkCode[]> {
      return await database
        .selectFrom('bulk_codes')
        .select(['code', 'status', 'promotion_code', 'error', 'error_code'])
        .where('job_id', '=', jobId)
        .where('position', '>', afterPosition)
        .orderBy('position')
        .limit(countMax)
        .execute()
        .catch(refuseUnavailable)
    },

    /**
     * Sends no more codes of a job that `requireJob` has found. Those in flight to Stripe end as they end. Changes nothing where the
     * job is canceled or finished already. Requests of one agency take turns, so that together they hold one connection to the
     * database.
     */
    async cancel({ agencyId }: ConnectedAccount, jobId: string): Promise<void> {
      const cancel = async () => await database.transaction().execute((on) => cancelJob(on, jobId))
      await inTurn(agencyId, cancel).catch(refuseUnclear)
    },
  }
}

/** Sends no more codes of the job. False where it is canceled or finished already. */
export async function cancelJob(transaction: Database, jobId: string): Promise<boolean> {
  const now = Date.now()
  // Also where it is canceled already: whoever changes its codes locks the job first.
  const job = await transaction
    .updateTable('bulk_jobs')
    .set((column) => ({ canceled_at: column.fn.coalesce('canceled_at', column.val(now)) }))
    .where('id', '=', jobId)
    .where('finished_at', 'is', null)
    .returning('canceled_at')
    .executeTakeFirst()
  if (!job) return false
  const { numUpdatedRows } = await transaction
    .updateTable('bulk_codes')
    .set({ status: 'canceled' })
    .where('job_id', '=', jobId)
    .where('status', '=', 'pending')
    .where('attempts', '=', 0)
    .executeTakeFirstOrThrow()
  await countSettled(transaction, jobId, Number(numUpdatedRows))
  await finishJobs(transaction).where('id', '=', jobId).execute()
  return job.canceled_at === now
}

/** The job as the API shows it, with how many of its codes are in which state. */
export async function withCounts(database: Database, job: Tables['bulk_jobs']): Promise<BulkJob> {
  const counts = await database
    .selectFrom('bulk_codes')
    .select(['status', (builder) => builder.fn.countAll<number>().as('count')])
    .where('job_id', '=', job.id)
    .groupBy('status')
    .execute()
  return bulkJobOf(job, new Map(counts.map(({ status, count }) => [status, count])))
}

function bulkJobOf(job: Tables['bulk_jobs'], counts: Map<Tables['bulk_codes']['status'], number>): BulkJob {
  return {
    id: job.id,
    object: 'bulk_promotion_codes',
    coupon: job.coupon_id,
    status: statusOf(job),
    total: [...counts.values()].reduce((sum, count) => sum + count, 0),
    succeeded: counts.get('created') ?? 0,
    failed: counts.get('failed') ?? 0,
    canceled: counts.get('canceled') ?? 0,
    created: unixSeconds(job.created_at),
    finished_at: unixSeconds(job.finished_at),
  }
}

function statusOf(job: Tables['bulk_jobs']): string {
  if (job.canceled_at !== null) return 'canceled'
  if (job.finished_at !== null) return 'done'
  return job.started_at !== null ? 'running' : 'queued'
}
