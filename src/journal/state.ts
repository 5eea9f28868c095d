import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'
import { listEvents } from './events.ts'
import { settleBackMs } from './settle.ts'

/** A running server settles a change whose answer was lost after ten minutes, and looks every minute. */
const settledAfterMs = 15 * 60_000
/** More than this need no exact number. */
export const unsettledMax = 100

/** The newest seal, and how many events are not sealed yet. */
export async function readJournalState(database: Database) {
  const lastSeal = await database
    .selectFrom('seals')
    .select(['number', 'at', 'last_seq'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  const { count: unsealed } = await database
    .selectFrom('events')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('seq', '>', lastSeal?.last_seq ?? 0)
    .executeTakeFirstOrThrow()
  return { lastSeal, unsealed }
}

/**
 * How many changes, up to `unsettledMax`, wait for an outcome that a running server should have found. Looks through a week of changes at
 * once, which a server must not.
 */
export async function countUnsettled(database: Database, mode: Mode, now = Date.now()): Promise<number> {
  const filter = { mode, since: now - settleBackMs, until: now - settledAfterMs, isUnanswered: true }
  return (await listEvents(database, filter, unsettledMax)).length
}
