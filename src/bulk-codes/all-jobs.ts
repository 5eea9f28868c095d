import { appendSingleEvent, type Operator } from '../agencies/single-events.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { Position } from '../lib/cursor.ts'
import type { Mode } from '../lib/mode.ts'
import { cancelJob, withCounts } from './jobs.ts'
import type { BulkJob } from './schema.ts'

/** A job as the operator sees it: whose it is, too. */
export type OperatorJob = BulkJob & { agency_id: string; account: string; key: string; request_id: string }

type Filter = { agencyId?: string | undefined; isUnfinished?: boolean | undefined }

/** The jobs of one mode and all agencies, as the operator sees them. */
export function createAllJobs(database: Database, mode: Mode) {
  const jobsBy = () => database.selectFrom('bulk_jobs').selectAll().where('mode', '=', mode)

  const find = async (id: string): Promise<OperatorJob | undefined> => {
    const job = await jobsBy().where('id', '=', id).executeTakeFirst()
    return job && (await toOperatorJob(database, job))
  }

  return {
    find,

    /** So many after a position, newest first; the next page begins after `last`. */
    async list({ agencyId, isUnfinished }: Filter, limit: number, after: Position | undefined) {
      let query = jobsBy()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
      if (agencyId !== undefined) query = query.where('agency_id', '=', agencyId)
      if (isUnfinished === true) query = query.where('finished_at', 'is', null)
      if (after) {
        query = query.where((is) =>
          is.or([is('created_at', '<', after.at), is('created_at', '=', after.at).and('id', '<', after.id)]),
        )
      }
      const rows = await query.execute()
      const given = rows.slice(0, limit)
      const last = given.at(-1)
      return {
        jobs: await Promise.all(given.map((job) => toOperatorJob(database, job))),
        hasMore: rows.length > limit,
        last: last && { id: last.id, at: last.created_at },
      }
    },

    /** Sends no more codes of the job; undefined where there is none. One that is canceled or done already stays as it is. */
    async cancel(id: string, by: Operator): Promise<OperatorJob | undefined> {
      const job = await jobsBy().where('id', '=', id).executeTakeFirst()
      if (!job) return undefined
      await database.transaction().execute(async (on) => {
        if (!(await cancelJob(on, id))) return
        const subject = { agencyId: job.agency_id, accountId: job.account_id, keyId: null, objectId: id }
        await appendSingleEvent(on, mode, by, 'bulk_job.canceled', subject)
      })
      return await find(id)
    },
  }
}

async function toOperatorJob(database: Database, job: Tables['bulk_jobs']): Promise<OperatorJob> {
  return {
    ...(await withCounts(database, job)),
    agency_id: job.agency_id,
    account: job.account_id,
    key: job.key_id,
    request_id: job.request_id,
  }
}
