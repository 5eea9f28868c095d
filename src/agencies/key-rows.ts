import type { ExpressionBuilder } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { Position } from '../lib/cursor.ts'
import type { Mode } from '../lib/mode.ts'
import { type Bounds, defaultBounds } from './bounds.ts'
import { byAgency, platform } from './freezes.ts'

export type ApiKey = {
  id: string
  agencyId: string
  name: string
  hint: string
  createdAt: number
  lastUsedAt: number | null
  revokedAt: number | null
  expiresAt: number | null
  /** The only mode in which the key works; null for one that works in every mode. */
  mode: Mode | null
  bounds: Bounds
  /**
   * What stops its writes: by the operator the key itself, its agency or the platform; else `byAgency`, where a key of its agency
   * did; null where nothing does.
   */
  frozenBy: string | null
}

type Row = Awaited<ReturnType<ReturnType<typeof selectKeys>['execute']>>[number]

/** The keys of all agencies and modes, whether they work or not. */
export function selectKeys(database: Database) {
  return database
    .selectFrom('api_keys')
    .select(['id', 'agency_id', 'name', 'hint', 'created_at', 'last_used_at', 'revoked_at', 'expires_at', 'mode'])
    .select(['bounds', 'frozen_at'])
    .select((is) =>
      is
        .selectFrom('freezes')
        .select('target')
        .where((any) =>
          any.or([
            any('target', '=', any.ref('api_keys.id')),
            any('target', '=', any.ref('api_keys.agency_id')),
            any('target', '=', platform),
          ]),
        )
        .orderBy('frozen_at')
        .limit(1)
        .as('frozen_by'),
    )
}

/** The keys that work in this mode. */
export function selectWorkingKeys(database: Database, mode: Mode) {
  return selectKeys(database).where((is) => isWorking(is, mode))
}

/** Holds of the keys that work in this mode: neither revoked nor expired, and of no archived agency. */
export function isWorking(is: ExpressionBuilder<Tables, 'api_keys'>, mode: Mode) {
  const archived = is
    .selectFrom('agencies')
    .select('agencies.id')
    .whereRef('agencies.id', '=', 'api_keys.agency_id')
    .where('agencies.archived_at', 'is not', null)
  return is.and([
    is('api_keys.revoked_at', 'is', null),
    is.or([is('api_keys.expires_at', 'is', null), is('api_keys.expires_at', '>', Date.now())]),
    is.or([is('api_keys.mode', 'is', null), is('api_keys.mode', '=', mode)]),
    is.not(is.exists(archived)),
  ])
}

/** The bounds of a key from before they were kept are the default ones. */
export function toKey(row: Row): ApiKey {
  return {
    id: row.id,
    agencyId: row.agency_id,
    name: row.name,
    hint: row.hint,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    expiresAt: row.expires_at,
    mode: row.mode,
    bounds: row.bounds === null ? defaultBounds : JSON.parse(row.bounds),
    frozenBy: row.frozen_by ?? (row.frozen_at === null ? null : byAgency),
  }
}

export async function findKey(database: Database, id: string): Promise<ApiKey | undefined> {
  const row = await selectKeys(database).where('id', '=', id).executeTakeFirst()
  return row && toKey(row)
}

/** So many keys of the agency after a position, newest first, those that do not work included. */
export async function pageOfKeys(
  database: Database,
  agencyId: string,
  limit: number,
  after: Position | undefined,
): Promise<ApiKey[]> {
  let keys = selectKeys(database)
    .where('agency_id', '=', agencyId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (after) {
    keys = keys.where((is) =>
      is.or([is('created_at', '<', after.at), is('created_at', '=', after.at).and('id', '<', after.id)]),
    )
  }
  return (await keys.execute()).map(toKey)
}

/** Whether the key was revoked or has expired, so that it will never work again unless an operator prolongs it. */
export function hasEnded({ revokedAt, expiresAt }: ApiKey): boolean {
  return revokedAt !== null || (expiresAt ?? Infinity) <= Date.now()
}
