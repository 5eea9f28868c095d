import type { Database } from '../database/database.ts'
import type { StripePromotionCodeTerms } from '../stripe/promotion-codes.ts'

export type Job = {
  id: string
  agencyId: string
  accountId: string
  keyId: string
  requestId: string
  terms: StripePromotionCodeTerms
}
export type PendingCode = { position: number; code: string; keysSpent: number }
export type Failure = { code: string; message: string }
/** What has become of one code. */
export type Settled = { position: number } & ({ promotionCode: string } | { failure: Failure })

export type BulkWork = ReturnType<typeof createBulkWork>

/**
 * The jobs as the workers see them. What a worker leases is not a job but its account: Stripe limits the calls of an
 * account, so that two jobs of one must take turns.
 */
export function createBulkWork(database: Database) {
  return {
    /** The accounts that have work and no worker, those that have waited longest first. */
    async waitingAccounts(countMax: number): Promise<string[]> {
      const rows = await database
        .selectFrom('bulk_jobs')
        .innerJoin('bulk_leases', 'bulk_leases.account_id', 'bulk_jobs.account_id')
        .select('bulk_jobs.account_id as accountId')
        .where('bulk_jobs.finished_at', 'is', null)
        .where('bulk_leases.expires_at', '<=', Date.now())
        .groupBy('bulk_jobs.account_id')
        .orderBy((builder) => builder.fn.min('bulk_jobs.created_at'))
        .limit(countMax)
        .execute()
      return rows.map(({ accountId }) => accountId)
    },

    /** Takes the account; false where another worker has it. */
    async lease(accountId: string, holder: string, ms: number): Promise<boolean> {
      const now = Date.now()
      const result = await database
        .updateTable('bulk_leases')
        .set({ holder, expires_at: now + ms })
        .where('account_id', '=', accountId)
        .where('expires_at', '<=', now)
        .executeTakeFirstOrThrow()
      return result.numUpdatedRows === 1n
    },

    /** Keeps the account, or with 0 gives it back; false where another worker has taken it. */
    async extend(accountId: string, holder: string, ms: number): Promise<boolean> {
      const result = await database
        .updateTable('bulk_leases')
        .set({ expires_at: ms === 0 ? 0 : Date.now() + ms })
        .where('account_id', '=', accountId)
        .where('holder', '=', holder)
        .executeTakeFirstOrThrow()
      return result.numUpdatedRows === 1n
    },

    /** The oldest job of the account that is not finished; from now on it counts as running. */
    async beginNext(accountId: string): Promise<Job | undefined> {
      const row = await database
        .selectFrom('bulk_jobs')
        .select(['id', 'agency_id', 'account_id', 'key_id', 'request_id', 'terms', 'started_at'])
        .where('finished_at', 'is', null)
        .where('account_id', '=', accountId)
        .orderBy('created_at')
        .orderBy('id')
        .executeTakeFirst()
      if (!row) return undefined
      if (row.started_at === null) {
        await database.updateTable('bulk_jobs').set({ started_at: Date.now() }).where('id', '=', row.id).execute()
      }
      const terms: StripePromotionCodeTerms = JSON.parse(row.terms)
      const { id, agency_id: agencyId, key_id: keyId, request_id: requestId } = row
      return { id, agencyId, accountId, keyId, requestId, terms }
    },

    async pendingCodes(jobId: string, countMax: number): Promise<PendingCode[]> {
      return await database
        .selectFrom('bulk_codes')
        .select(['position', 'code', 'keys_spent as keysSpent'])
        .where('job_id', '=', jobId)
        .where('status', '=', 'pending')
        .orderBy('position')
        .limit(countMax)
        .execute()
    },

    /** Writes what has become of the codes; what another worker has settled before stays. `spent` used up a key each. */
    async settle(jobId: string, settled: Settled[], spent: number[]): Promise<void> {
      await database.transaction().execute(async (transaction) => {
        const codes = transaction.updateTable('bulk_codes').where('job_id', '=', jobId).where('status', '=', 'pending')
        for (const one of settled) {
          const outcome = 'failure' in one ? failed(one.failure) : created(one.promotionCode)
          await codes.set(outcome).where('position', '=', one.position).execute()
        }
        for (const position of spent) {
          await codes
            .set(({ eb }) => ({ keys_spent: eb('keys_spent', '+', 1) }))
            .where('position', '=', position)
            .execute()
        }
      })
    },

    /** Ends the job's codes that are still to be made, all for one reason. */
    async failRest(jobId: string, failure: Failure): Promise<void> {
      await database
        .updateTable('bulk_codes')
        .set(failed(failure))
        .where('job_id', '=', jobId)
        .where('status', '=', 'pending')
        .execute()
    },

    async finish(jobId: string): Promise<void> {
      await database
        .updateTable('bulk_jobs')
        .set({ finished_at: Date.now() })
        .where('id', '=', jobId)
        .where('finished_at', 'is', null)
        .execute()
    },
  }
}

function created(promotionCode: string) {
  return { status: 'created', promotion_code: promotionCode } as const
}

function failed({ code, message }: Failure) {
  return { status: 'failed', error: message, error_code: code } as const
}
