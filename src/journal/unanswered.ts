import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import type { Position } from '../lib/cursor.ts'
import { invalid } from '../lib/refusal.ts'
import { type EventFilter, type JournalEvent, listEvents } from './events.ts'
import { settleBackMs } from './settle.ts'

const hourMs = 3_600_000
/** For a caller who reckons seven days by another clock, or reads on through the pages. */
const graceMs = hourMs
/** So much of the journal is looked through at once: nothing says which changes have no answer but all that have. */
const windowMs = 3 * hourMs

/**
 * As `listEvents`, of the changes without an answer in the last seven days, and in steps, between which the process serves others.
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
  const found: JournalEvent[] = []
  for (let until = Math.min(now, after?.at ?? now); until >= oldest && found.length < limit; until -= windowMs) {
    const window = { ...filter, since: Math.max(oldest, until - windowMs + 1), until, isUnanswered: true }
    found.push(...(await listEvents(database, window, limit - found.length, after)))
    await nextTurn()
  }
  return found
}
