import { DatabaseSync } from 'node:sqlite'
import type { WireCall } from './wire.ts'

export type Start = {
  change_id: string
  type: string
  agency_id: string
  account_id: string
  idempotency_key: string | null
  terms: string | null
  object_id: string | null
}
export type Later = {
  change_id: string
  type: string
  outcome: string
  object_id: string | null
  message: string | null
}
export type JobRow = { id: string; agency_id: string; account_id: string; coupon_id: string } & Record<
  'pending' | 'finished_at',
  number | null
>
export type CodeRow = { code: string; status: string; promotion_code: string | null; error: string | null }

export type Observer = ReturnType<typeof openObserver>

const tables = [
  'agencies',
  'api_keys',
  'guards',
  'freezes',
  'daily_changes',
  'accounts',
  'events',
  'seals',
  'bulk_codes',
]

/** Sees what is committed in the database of all processes, at once and without changing anything. */
export function openObserver(path: string) {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  const all = <T>(sql: string, ...values: (string | number)[]): T[] => database.prepare(sql).all(...values) as T[]
  const start = database.prepare(
    'select count(*) as count from events where change_id = ? and type = ? and account_id = ?',
  )

  return {
    /** Empties the tables, so that the next history finds nothing. */
    clear(): void {
      database.exec(
        `begin; ${[...tables, 'bulk_jobs', 'leases', 'sqlite_sequence'].map((name) => `delete from ${name};`).join('')} commit`,
      )
    },

    /** Whether the start of what is being sent is committed. */
    hasStart(call: WireCall): boolean {
      const found = start.get(call.change ?? '', `${operationOf(call)}.started`, call.account)
      return found?.['count'] === 1
    },

    starts: () => all<Start>(`select * from events where type like '%.started' order by seq`),
    /** Ends of changes, and what settling found of them. */
    later: (kind: 'ended' | 'settled') =>
      all<Later>(`select * from events where type like ? order by seq`, `%.${kind}`),
    jobs: () => all<JobRow>('select * from bulk_jobs order by created_at, id'),
    codesOf: (jobId: string) => all<CodeRow>('select * from bulk_codes where job_id = ? order by position', jobId),
    close: () => database.close(),
  }
}

/** The journal's name of what a call to Stripe does. */
function operationOf({ method, path, params }: WireCall): string {
  if (method === 'DELETE') return 'coupon.delete'
  if (path === '/v1/promotion_codes') {
    return params.has('metadata[bulk_job]') ? 'promotion_code.bulk_create' : 'promotion_code.create'
  }
  return path === '/v1/coupons' ? 'coupon.create' : 'coupon.update'
}
