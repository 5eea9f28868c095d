import { type Expression, sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Position } from '../lib/cursor.ts'
import type { Mode } from '../lib/mode.ts'

export type EventFilter = {
  mode?: Mode | undefined
  agencyId?: string | undefined
  accountId?: string | undefined
  /** The only accounts of which events are told. */
  accountsAmong?: string[] | undefined
  objectId?: string | undefined
  /** A change, by its name: `coupon.create`. */
  type?: string | undefined
  /** The API key that asked. */
  keyId?: string | undefined
  requestId?: string | undefined
  /** The caller's own. */
  idempotencyKey?: string | undefined
  /** In milliseconds since 1970. */
  since?: number | undefined
  /** The last millisecond. */
  until?: number | undefined
  /** Only changes whose outcome nobody knows and settling has not looked at. */
  isUnanswered?: boolean | undefined
  /** Only changes whose outcome nobody knows, whether settling has looked at them or not. */
  isOpen?: boolean | undefined
  /** Goes through the events in their order, because more name what is looked for than can be sorted at once. */
  isNamedOften?: boolean | undefined
}

/** Changes that are read at once. */
const pageSize = 500

/** A change whole, from its start, its end and what settling found; or a single event. */
export type JournalEvent = Awaited<ReturnType<typeof listEvents>>[number]
type Row = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number]

/** The events that pass the filter, newest first, those before `after`. What the filter leaves out passes. */
export async function listEvents(database: Database, filter: EventFilter, limit: number, after?: Position) {
  let query = select(database).orderBy('start.at', 'desc').orderBy('start.seq', 'desc').limit(limit)
  const { mode, agencyId, accountId, objectId, type, keyId, requestId, idempotencyKey, since, until, isUnanswered } =
    filter
  const isLookUp = filter.isNamedOften !== true && (objectId ?? requestId ?? idempotencyKey) !== undefined
  // SQLite keeps no figures of what the table holds: it would go through all events of an agency to find a few. No index serves an expression.
  const agency = isLookUp ? sql<string>`start.agency_id || ''` : 'start.agency_id'
  // Nor may an agency learn from the time it takes how much there is about an account that is not its own.
  const account = isLookUp || agencyId !== undefined ? sql<string>`start.account_id || ''` : 'start.account_id'
  if (mode !== undefined) query = query.where('start.mode', '=', mode)
  if (agencyId !== undefined) query = query.where(agency, '=', agencyId)
  if (filter.accountsAmong !== undefined) query = query.where(account, 'in', filter.accountsAmong)
  if (accountId !== undefined) query = query.where(account, '=', accountId)
  if (type !== undefined) query = query.where('start.type', '=', `${type}.started`)
  if (requestId !== undefined) query = query.where('start.request_id', '=', requestId)
  if (idempotencyKey !== undefined) query = query.where('start.idempotency_key', '=', idempotencyKey)
  if (since !== undefined) query = query.where('start.at', '>=', since)
  if (until !== undefined) query = query.where('start.at', '<=', until)
  if (objectId !== undefined) {
    query = query.where((is) =>
      isLookUp
        ? is('start.seq', 'in', about(database, objectId))
        : is.or((['start', 'end', 'settled'] as const).map((event) => is(`${event}.object_id`, '=', objectId))),
    )
  }
  if (keyId !== undefined) {
    query = query.where('start.key_id', '=', keyId)
    // Events have an index by agency and none by key.
    const agencyOfKey = database.selectFrom('api_keys').select('agency_id').where('id', '=', keyId)
    if (agencyId === undefined) query = query.where(agency, '=', agencyOfKey)
  }
  if (isUnanswered === true) {
    query = query.where('start.type', 'like', '%.started').where('settled.seq', 'is', null).where(hasNoClearEnd)
  }
  if (filter.isOpen === true) {
    query = query
      .where('start.type', 'like', '%.started')
      .where(hasNoClearEnd)
      .where((is) => is.or([is('settled.outcome', 'is', null), is('settled.outcome', '=', 'unknown')]))
  }
  if (after !== undefined) {
    // Neither `seq` nor its size may reach a caller: it counts the events of all agencies.
    query = query
      .where('start.at', '<=', after.at)
      .where((is) => is.or([is('start.at', '<', after.at), is('start.seq', '<', seqAt(database, agencyId, after))]))
  }
  return (await query.execute()).map(toEvent)
}

/** The same in pages, all of them, so that no more are held at once. */
export async function* pagesOf(database: Database, filter: EventFilter): AsyncGenerator<JournalEvent[]> {
  let page: JournalEvent[] = []
  do {
    page = await listEvents(database, filter, pageSize, page.at(-1))
    yield page
  } while (page.length === pageSize)
}

/** The events that an id names: that of a change, of an event or of a request. */
export async function findEvents(database: Database, id: string): Promise<JournalEvent[]> {
  const query = select(database).orderBy('start.seq')
  if (id.startsWith('req_')) return (await query.where('start.request_id', '=', id).execute()).map(toEvent)
  if (id.startsWith('chg_')) return (await query.where('start.change_id', '=', id).execute()).map(toEvent)
  const found = await database.selectFrom('events').select(['seq', 'change_id']).where('id', '=', id).executeTakeFirst()
  if (!found) return []
  if (found.change_id !== null) return await findEvents(database, found.change_id)
  return (await query.where('start.seq', '=', found.seq).execute()).map(toEvent)
}

/** Where what settling found counts: what the server saw itself is better evidence, unless it saw no clear answer. */
export const hasNoClearEnd = sql<boolean>`coalesce(${sql.ref('end.outcome')}, 'unknown') = 'unknown'`

function select(database: Database) {
  const later = (suffix: string): Expression<string> => sql`replace(start.type, '.started', ${suffix})`
  return database
    .selectFrom('events as start')
    .leftJoin('events as end', (join) =>
      join.onRef('end.change_id', '=', 'start.change_id').on('end.type', '=', later('.ended')),
    )
    .leftJoin('events as settled', (join) =>
      join
        .onRef('settled.change_id', '=', 'start.change_id')
        .on('settled.type', '=', later('.settled'))
        .on(hasNoClearEnd),
    )
    .where('start.type', 'not like', '%.ended')
    .where('start.type', 'not like', '%.settled')
    .select(['start.seq', 'start.id', 'start.at', 'start.mode', 'start.actor', 'start.type', 'start.change_id'])
    .select(['start.agency_id', 'start.account_id', 'start.key_id', 'start.request_id', 'start.address'])
    .select(['start.idempotency_key', 'start.key_source', 'start.terms', 'start.object_id', 'start.outcome'])
    .select('start.request_digest')
    .select(['start.code', 'start.message', 'start.stripe_request_id', 'end.at as end_at'])
    .select(['end.object_id as end_object_id', 'end.outcome as end_outcome', 'end.code as end_code'])
    .select(['end.message as end_message', 'end.stripe_request_id as end_stripe_request_id'])
    .select(['settled.at as settled_at', 'settled.outcome as settled_outcome', 'settled.message as settled_message'])
    .select(['settled.object_id as settled_object_id', 'end.seq as end_seq', 'settled.seq as settled_seq'])
}

/** The place of the last event of a page; none where retention has removed it. */
function seqAt(database: Database, agencyId: string | undefined, { at, id }: Position) {
  const query = database
    .selectFrom('events')
    .select('seq')
    .where('at', '=', at)
    .where((is) => is.or([is('change_id', '=', id), is('id', '=', id)]))
    .where('type', 'not like', '%.ended')
    .where('type', 'not like', '%.settled')
    .limit(1)
  return agencyId === undefined ? query : query.where('agency_id', '=', agencyId)
}

/** The starts of the changes, and the single events, that have to do with the object. */
function about(database: Database, objectId: string) {
  return naming(database, objectId)
    .leftJoin('events as first', (join) =>
      join.onRef('first.change_id', '=', 'named.change_id').on('first.type', 'like', '%.started'),
    )
    .select(({ fn }) => fn.coalesce('first.seq', 'named.seq').as('seq'))
}

/** Names of objects that are longer have no index. */
export const indexedLengthMax = 500

/** The events that name the object. */
export function naming(database: Database, objectId: string) {
  return (
    database
      .selectFrom('events as named')
      .where('named.object_id', '=', objectId)
      // As the index has it.
      .$if(objectId.length <= indexedLengthMax, (query) =>
        query.where(sql<boolean>`length(named.object_id) <= ${sql.lit(indexedLengthMax)}`),
      )
  )
}

function toEvent(row: Row) {
  const isSettled = row.settled_at !== null
  return {
    id: row.change_id ?? row.id,
    type: row.type.replace(/\.started$/, ''),
    isChange: row.change_id !== null,
    at: row.at,
    mode: row.mode,
    agencyId: row.agency_id,
    accountId: row.account_id,
    keyId: row.key_id,
    actor: row.actor,
    requestId: row.request_id,
    address: row.address,
    idempotencyKey: row.idempotency_key,
    keySource: row.key_source,
    requestDigest: row.request_digest,
    terms: row.terms,
    objectId: row.end_object_id ?? (isSettled ? row.settled_object_id : null) ?? row.object_id,
    outcome: isSettled ? row.settled_outcome : (row.end_outcome ?? row.outcome),
    code: row.end_code ?? row.code,
    message: (isSettled ? row.settled_message : null) ?? row.end_message ?? row.message,
    stripeRequestId: row.end_stripe_request_id ?? row.stripe_request_id,
    endedAt: row.end_at,
    settledAt: isSettled ? row.settled_at : null,
    /** The places of the event and of the one that tells its outcome. No caller may see them, as above. */
    seq: row.seq,
    toldSeq: isSettled ? row.settled_seq : row.end_seq,
  }
}
