import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import type { Position } from '../lib/cursor.ts'
import { createTurns } from '../lib/turns.ts'
import { type EventFilter, indexedLengthMax, type JournalEvent, listEvents, naming } from './events.ts'

/** So many events are gone through at once, in their order. */
const stepMax = 2_000
/** So many, from all over the journal, are sorted at once. */
const namedMax = 1_000

const inTurn = createTurns()

/**
 * As `listEvents`, in steps, between which the process serves others: what few events pass is looked for far back, and SQLite's
 * reads run on the main thread. However many lists an agency asks for at once, one of them takes a step at a time.
 */
export async function listInSteps(
  database: Database,
  filter: EventFilter,
  limit: number,
  after?: Position,
): Promise<JournalEvent[]> {
  if (await isNamedRarely(database, filter)) return await listEvents(database, filter, limit, after)
  const oldest = filter.since ?? 0
  const found: JournalEvent[] = []
  const stepBack = async (until: number) => {
    await nextTurn()
    const since = Math.max(oldest, await beginningOf(database, filter, until))
    const within = { ...filter, isNamedOften: true, since, until }
    found.push(...(await listEvents(database, within, limit - found.length, after)))
    return since - 1
  }
  let until = Math.min(filter.until ?? Number.MAX_SAFE_INTEGER, after?.at ?? Number.MAX_SAFE_INTEGER)
  while (found.length < limit && until >= oldest) {
    const last = until
    until = await inTurn(filter.agencyId ?? '', () => stepBack(last))
  }
  return found
}

/** The time at which the step back from another one begins; 0 where the journal has no more than one step. */
async function beginningOf(database: Database, { accountId, agencyId }: EventFilter, until: number): Promise<number> {
  let events = database.selectFrom('events').select('at').where('at', '<=', until)
  if (agencyId !== undefined) events = events.where('agency_id', '=', agencyId)
  else if (accountId !== undefined) events = events.where('account_id', '=', accountId)
  const first = await events.orderBy('at', 'desc').orderBy('seq', 'desc').offset(stepMax).limit(1).executeTakeFirst()
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
    const found = await name.select('named.seq').limit(namedMax).execute()
    if (found.length === namedMax) return false
  }
  return names.length > 0
}
