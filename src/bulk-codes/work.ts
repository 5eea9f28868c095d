import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { Turn } from '../jobs/worker.ts'
import type { Mode } from '../lib/mode.ts'
import { type Failure, givenUp, type Outcome } from './outcome.ts'
import {
  type AccountTask,
  begunCode,
  type BegunCode,
  codeColumns,
  countSettled,
  finishJobs,
  isFrozen,
  jobColumns,
  jobOf,
  pendingCodes,
  runnableJobs,
  unfinishedJobs,
} from './rows.ts'

export type Result = { code: BegunCode; outcome: Exclude<Outcome, { kind: 'fatalError' | 'stopped' }> }

type Write = Pick<Turn, 'write'>

export type BulkWork = ReturnType<typeof createBulkWork>

/** The jobs of one mode as the worker sees them. Every write is a turn's, so that it is refused once the lease is lost. */
export function createBulkWork(database: Database, mode: Mode) {
  return {
    /** The accounts with unfinished jobs, of each agency, the oldest job first. */
    async find(): Promise<AccountTask[]> {
      const rows = await database
        .selectFrom('bulk_jobs')
        .select(['agency_id as group', 'account_id as accountId'])
        .where('finished_at', 'is', null)
        .where('mode', '=', mode)
        .where((is) => is.not(isFrozen(is, mode)))
        .groupBy(['agency_id', 'account_id'])
        .orderBy((builder) => builder.fn.min('created_at'))
        .execute()
      return rows.map((row) => ({ ...row, lease: `bulk-codes/${mode}/${row.accountId}` }))
    },

    async isCanceled(jobId: string): Promise<boolean> {
      const job = database.selectFrom('bulk_jobs').select('canceled_at').where('id', '=', jobId)
      return (await job.executeTakeFirstOrThrow()).canceled_at !== null
    },

    /** The codes that an earlier turn has begun and not settled. */
    async begunBefore(task: AccountTask): Promise<BegunCode[]> {
      const jobs = runnableJobs(database, mode, task).select(jobColumns).orderBy('created_at').orderBy('id')
      const begun: BegunCode[] = []
      for (const row of await jobs.execute()) {
        // All codes of a job share its terms, which may be large.
        const job = jobOf(row)
        const codes = pendingCodes(database, row.id).where('attempts', '>', 0).select(codeColumns).orderBy('position')
        for (const code of await codes.execute()) begun.push(begunCode(code, job))
      }
      return begun
    },

    /** Begins the next codes, of the oldest job that has any which were never begun. */
    async begin({ write }: Write, task: AccountTask, countMax: number): Promise<BegunCode[]> {
      return await write(async (transaction) => {
        const row = await runnableJobs(transaction, mode, task)
          .select(jobColumns)
          .where((is) =>
            is.exists(
              is
                .selectFrom('bulk_codes')
                .select('position')
                .whereRef('job_id', '=', 'bulk_jobs.id')
                .where('status', '=', 'pending')
                .where('attempts', '=', 0),
            ),
          )
          .orderBy('created_at')
          .orderBy('id')
          .executeTakeFirst()
        if (!row) return []
        if (row.started_at === null) {
          await transaction.updateTable('bulk_jobs').set({ started_at: Date.now() }).where('id', '=', row.id).execute()
        }
        const isFresh = pendingCodes(transaction, row.id).where('attempts', '=', 0)
        const codes = await transaction
          .updateTable('bulk_codes')
          .set({ attempts: 1 })
          .where('job_id', '=', row.id)
          .where('status', '=', 'pending')
          .where('attempts', '=', 0)
          .where('position', 'in', isFresh.select('position').orderBy('position').limit(countMax))
          .returning(codeColumns)
          .execute()
        const job = jobOf(row)
        return codes.toSorted((a, b) => a.position - b.position).map((code) => begunCode(code, job))
      })
    },

    /** Counts one more try of a code that was begun before. */
    async beginAgain({ write }: Write, code: BegunCode): Promise<BegunCode> {
      const attempts = code.attempts + 1
      await write(async (transaction) => await updateCode(transaction, code).set({ attempts }).execute())
      return { ...code, attempts }
    },

    /** Takes back the last try of codes that were not sent to Stripe after all. */
    async giveBack({ write }: Write, codes: BegunCode[]): Promise<void> {
      if (codes.length === 0) return
      await write(async (transaction) => {
        for (const code of codes) {
          const attempts = code.attempts - 1
          await updateCode(transaction, code).set({ attempts }).execute()
        }
      })
    },

    /** Stores the results of tries, and finishes the jobs that have no code left. */
    async settle({ write }: Write, results: Result[]): Promise<void> {
      await write(async (transaction) => {
        const settled = results.filter(({ outcome }) => outcome.kind !== 'transientError')
        const settledOf = Map.groupBy(settled, ({ code }) => code.job.id)
        for (const [jobId, { length }] of settledOf) await countSettled(transaction, jobId, length)
        for (const { code, outcome } of results) {
          await updateCode(transaction, code).set(changesFor(code, outcome)).execute()
        }
        const jobIds = [...settledOf.keys()]
        if (jobIds.length > 0) await finishJobs(transaction).where('id', 'in', jobIds).execute()
      })
    },

    /** Fails all remaining codes of a job. Those that were begun may exist, and their error says so. */
    async failRest({ write }: Write, jobId: string, failure: Failure): Promise<void> {
      await write(async (transaction) => {
        await transaction.updateTable('bulk_jobs').set({ pending: 0 }).where('id', '=', jobId).execute()
        const rest = transaction.updateTable('bulk_codes').where('job_id', '=', jobId).where('status', '=', 'pending')
        await rest.set(failed(failure)).where('attempts', '=', 0).execute()
        for (const { position, attempts } of await pendingCodes(transaction, jobId).select(codeColumns).execute()) {
          const unclear = givenUp(failure.code, attempts, failure.message)
          await rest.set(failed(unclear)).where('position', '=', position).execute()
        }
      })
      await write(async (transaction) => await finishJobs(transaction).where('id', '=', jobId).execute())
    },

    /** Finishes the account's jobs that have no code left, where a cancellation and the last result crossed. */
    async finishEmpty({ write }: Write, task: AccountTask): Promise<void> {
      await write(async (transaction) => {
        const jobs = unfinishedJobs(transaction, mode, task).select('id')
        await finishJobs(transaction).where('id', 'in', jobs).execute()
      })
    },
  }
}

function updateCode(on: Database, { job, position }: BegunCode) {
  const codes = on.updateTable('bulk_codes').where('job_id', '=', job.id).where('status', '=', 'pending')
  return codes.where('position', '=', position)
}

function changesFor({ keysSpent }: BegunCode, outcome: Result['outcome']): Partial<Tables['bulk_codes']> {
  if (outcome.kind === 'created') return { status: 'created', promotion_code: outcome.promotionCode }
  if (outcome.kind === 'canceled') return { status: 'canceled' }
  if (outcome.kind === 'failed') return failed(outcome.failure)
  return { keys_spent: keysSpent + (outcome.isKeySpent ? 1 : 0) }
}

function failed({ code, message }: Failure) {
  return { status: 'failed', error: message, error_code: code } as const
}
