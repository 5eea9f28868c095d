import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import { hashApiKey, mintApiKey } from './api-key.ts'
import { type Bounds, defaultBounds } from './bounds.ts'
import { platform } from './freezes.ts'
import { appendOperatorEvent } from './operator-events.ts'

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
  /** What stops its writes: the key itself, its agency or the platform; null where nothing does. */
  frozenBy: string | null
}

/** What may be said of a new key. It works in every mode, for ever and for everything but managing keys, unless limited here. */
type NewKey = Partial<Pick<ApiKey, 'mode' | 'expiresAt' | 'bounds'>>

/** A key with its secret, which is kept nowhere. */
export type NewApiKey = ApiKey & { secret: string }

export type ApiKeys = ReturnType<typeof createApiKeys>

/** The keys of all modes; only those that work in this one are found by their secret. */
export function createApiKeys(database: Database, mode: Mode) {
  const workingKeys = () =>
    keysBy(database)
      .where('revoked_at', 'is', null)
      .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', Date.now())]))
      .where((is) => is.or([is('mode', 'is', null), is('mode', '=', mode)]))

  const insert = async (on: Database, agencyId: string, name: string, limits: NewKey): Promise<NewApiKey> => {
    const secret = mintApiKey()
    const row = {
      id: newId('key'),
      agencyId,
      name,
      hint: secret.slice(-4),
      createdAt: Date.now(),
      lastUsedAt: null,
      revokedAt: null,
      expiresAt: limits.expiresAt ?? null,
      mode: limits.mode ?? null,
    }
    const bounds = limits.bounds ?? defaultBounds
    await on
      .insertInto('api_keys')
      .values({
        id: row.id,
        agency_id: agencyId,
        name,
        hash: hashApiKey(secret),
        hint: row.hint,
        created_at: row.createdAt,
        expires_at: row.expiresAt,
        mode: row.mode,
        bounds: JSON.stringify(bounds),
      })
      .execute()
    await note(on, 'created', row, { name, bounds, expiresAt: row.expiresAt })
    return { ...row, bounds, frozenBy: null, secret }
  }

  const note = async (on: Database, what: string, key: Pick<ApiKey, 'id' | 'agencyId'>, terms?: object) => {
    const subject = { agencyId: key.agencyId, keyId: key.id }
    await appendOperatorEvent(on, mode, `api_key.${what}`, terms ? { ...subject, terms } : subject)
  }

  const find = async (on: Database, id: string): Promise<ApiKey | undefined> => {
    const row = await keysBy(on).where('id', '=', id).executeTakeFirst()
    return row && toKey(row)
  }

  return {
    /** Makes a key and returns it with its secret, which cannot be had again. */
    async createKey(agencyId: string, name: string, limits: NewKey = {}): Promise<NewApiKey> {
      return await database.transaction().execute(async (on) => await insert(on, agencyId, name, limits))
    },

    /**
     * Makes a key with the same limits and lifetime beside another, which expires after the overlap, or earlier where it was to.
     * `overlapMs` is in milliseconds. Undefined where no key of this id works any more.
     */
    async rotateKey(id: string, overlapMs: number): Promise<NewApiKey | undefined> {
      return await database.transaction().execute(async (on) => {
        const old = await find(on, id)
        const endsAt = Date.now() + overlapMs
        if (!old || old.revokedAt !== null || (old.expiresAt ?? Infinity) <= Date.now()) return undefined
        const expiresAt = Math.min(old.expiresAt ?? endsAt, endsAt)
        await on.updateTable('api_keys').set({ expires_at: expiresAt }).where('id', '=', id).execute()
        const lives = old.expiresAt === null ? null : Date.now() + old.expiresAt - old.createdAt
        const limits = { mode: old.mode, bounds: old.bounds, expiresAt: lives }
        const key = await insert(on, old.agencyId, old.name, limits)
        await note(on, 'rotated', old, { to: key.id, expiresAt })
        return key
      })
    },

    /** Replaces what the key may do, and when it expires. Each process follows within a second. */
    async updateKey(id: string, { bounds, expiresAt }: Pick<ApiKey, 'bounds' | 'expiresAt'>): Promise<void> {
      await database.transaction().execute(async (on) => {
        const { agency_id: agencyId } = await on
          .updateTable('api_keys')
          .set({ bounds: JSON.stringify(bounds), expires_at: expiresAt })
          .where('id', '=', id)
          .returning('agency_id')
          .executeTakeFirstOrThrow()
        await note(on, 'changed', { id, agencyId }, { bounds, expiresAt })
      })
    },

    /** The key of this id, whether it works or not. */
    async showKey(id: string): Promise<ApiKey | undefined> {
      return await find(database, id)
    },

    /** Oldest first, revoked ones included. */
    async listKeys(agencyId: string): Promise<ApiKey[]> {
      const rows = await keysBy(database)
        .where('agency_id', '=', agencyId)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(toKey)
    },

    /** The key whose secret has this hash, unless it is revoked, has expired or is of another mode. */
    async findKey(hash: string): Promise<ApiKey | undefined> {
      const row = await workingKeys().where('hash', '=', hash).executeTakeFirst()
      return row && toKey(row)
    },

    /** The key of this id, unless it no longer works in this mode. */
    async findActive(id: string): Promise<ApiKey | undefined> {
      const row = await workingKeys().where('id', '=', id).executeTakeFirst()
      return row && toKey(row)
    },

    /** False where there is no such key. Revoking twice keeps the first time. */
    async revokeKey(id: string): Promise<boolean> {
      return await database.transaction().execute(async (on) => {
        const key = await find(on, id)
        if (!key || key.revokedAt !== null) return key !== undefined
        await on.updateTable('api_keys').set({ revoked_at: Date.now() }).where('id', '=', id).execute()
        await note(on, 'revoked', key)
        return true
      })
    },

    /** `usedAt` is a time of the wall clock, in milliseconds since 1970. */
    async markUsed(id: string, usedAt: number): Promise<void> {
      await database.updateTable('api_keys').set({ last_used_at: usedAt }).where('id', '=', id).execute()
    },
  }
}

const keysBy = (database: Database) =>
  database
    .selectFrom('api_keys')
    .select([
      'id',
      'agency_id as agencyId',
      'name',
      'hint',
      'created_at as createdAt',
      'last_used_at as lastUsedAt',
      'revoked_at as revokedAt',
      'expires_at as expiresAt',
      'mode',
      'bounds',
    ])
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
        .as('frozenBy'),
    )

/** The bounds of a key from before they were kept are the default ones. */
function toKey<Row extends { bounds: string | null }>(row: Row): Omit<Row, 'bounds'> & { bounds: Bounds } {
  return { ...row, bounds: row.bounds === null ? defaultBounds : JSON.parse(row.bounds) }
}
