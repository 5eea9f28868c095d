import type { Database } from '../database/database.ts'
import type { Position } from '../lib/cursor.ts'
import { invalid } from '../lib/refusal.ts'
import type { EventFilter, JournalEvent } from './events.ts'
import { listInSteps } from './list.ts'
import { settleBackMs } from './settle.ts'

const hourMs = 3_600_000
/** For a caller who reckons seven days by another clock, or reads on through the pages. */
const graceMs = hourMs

/**
 * As `listInSteps`, of the changes without an answer in the last seven days.
 * @throws Refusal of a `since` before that
 */
export async function listUnanswered(
  database: Database,
  { since, ...filter }: EventFilter,
  limit: number,
  after?: Position,
  now = Date.now(),
): Promise<JournalEvent[]> {
  const oldest = since ?? now - settleBackMs
  if (oldest < now - settleBackMs - graceMs) {
    throw invalid('since', 'since must be within the last seven days where unanswered is true.')
  }
  return await listInSteps(database, { ...filter, since: oldest, isUnanswered: true }, limit, after)
}
