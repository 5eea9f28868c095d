import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import type { Position } from '../lib/cursor.ts'
import { type EventFilter, indexedLengthMax, type JournalEvent, listEvents, naming } from './events.ts'

/** So many events are read at once. */
const stepMax = 1_000

/**
 * As `listEvents`, in steps, between which the process serves others: what few events pass is looked for far back, and SQLite's
 * reads run on the main thread.
 */
export async function listInSteps(
  database: Database,
  filter: Omit<EventFilter, 'until'>,
  limit: number,
  after?: Position,
): Promise<JournalEvent[]> {
  if (await isNamedRarely(database, filter)) return await listEvents(database, filter, limit, after)
  const { since = 0, agencyId } = filter
  const found: JournalEvent[] = []
  for (let until = after?.at ?? Number.MAX_SAFE_INTEGER; ;) {
    const first = Math.max(since, await beginningOf(database, agencyId, until))
    const step = { ...filter, isNamedOften: true, since: first, until }
    found.push(...(await listEvents(database, step, limit - found.length, after)))
    if (found.length === limit || first === since) return found
    until = first - 1
    await nextTurn()
  }
}

/** The time at which the step back from another one begins; 0 where the journal has no more than one step. */
async function beginningOf(database: Database, agencyId: string | undefined, until: number): Promise<number> {
  const events = database.selectFrom('events').select('at').where('at', '<=', until)
  const first = await (agencyId === undefined ? events : events.where('agency_id', '=', agencyId))
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .offset(stepMax)
    .limit(1)
    .executeTakeFirst()
  return first?.at ?? 0
}

/** Whether an index finds what is looked for, and so few events that they can be sorted at once. */
async function isNamedRarely(
  database: Database,
  { objectId, requestId, idempotencyKey }: EventFilter,
): Promise<boolean> {
  if (objectId !== undefined && objectId.length > indexedLengthMax) return false
  const events = database.selectFrom('events as named')
  const names = [
    requestId !== undefined && events.where('named.request_id', '=', requestId),
    idempotencyKey !== undefined && events.where('named.idempotency_key', '=', idempotencyKey),
    objectId !== undefined && naming(database, objectId),
  ].filter((name) => name !== false)
  for (const name of names) {
    const found = await name.select('named.seq').limit(stepMax).execute()
    if (found.length === stepMax) return false
  }
  return names.length > 0
}
