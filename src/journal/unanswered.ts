import type { Database } from '../database/database.ts'
import type { Position } from '../lib/cursor.ts'
import { invalid } from '../lib/refusal.ts'
import { type EventFilter, type JournalEvent, listEvents } from './events.ts'
import { settleBackMs } from './settle.ts'
import { backInSteps } from './steps.ts'

const hourMs = 3_600_000
/** For a caller who reckons seven days by another clock, or reads on through the pages. */
const graceMs = hourMs

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
  for await (const window of backInSteps(oldest, Math.min(now, after?.at ?? now))) {
    found.push(
      ...(await listEvents(database, { ...filter, ...window, isUnanswered: true }, limit - found.length, after)),
    )
    if (found.length >= limit) break
  }
  return found
}
