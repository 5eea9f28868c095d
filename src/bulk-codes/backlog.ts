import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'
import { isFrozen } from './rows.ts'

export const backlogStates = ['queued', 'running', 'frozen'] as const

/** The unfinished jobs of one state: how many, how many codes they still have to make, and when the oldest was accepted. */
export type Backlog = { state: (typeof backlogStates)[number]; jobs: number; codes: number; oldestAt: number }

/** The unfinished jobs of a mode by their state; a state without jobs is left out. Reads unfinished jobs alone, by their index. */
export async function readBacklog(database: Database, mode: Mode): Promise<Backlog[]> {
  const unfinished = database
    .selectFrom('bulk_jobs')
    .select(['pending', 'created_at'])
    .select((is) =>
      is
        .case()
        .when(isFrozen(is, mode))
        .then<Backlog['state']>('frozen')
        .when('started_at', 'is', null)
        .then<Backlog['state']>('queued')
        .else<Backlog['state']>('running')
        .end()
        .as('state'),
    )
    .where('finished_at', 'is', null)
    .where('mode', '=', mode)
  const rows = await database
    .selectFrom(unfinished.as('unfinished'))
    .select(({ fn }) => [
      'state',
      fn.countAll<number>().as('jobs'),
      fn.sum<number>('pending').as('codes'),
      fn.min('created_at').as('oldestAt'),
    ])
    .groupBy('state')
    .execute()
  return rows
}
