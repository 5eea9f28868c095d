import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import { hashApiKey, mintApiKey } from './api-key.ts'

export type ApiKey = {
  id: string
  agencyId: string
  name: string
  hint: string
  createdAt: number
  lastUsedAt: number | null
  revokedAt: number | null
  /** The only mode in which the key works; null for one that works in every mode. */
  mode: Mode | null
}

export type ApiKeys = ReturnType<typeof createApiKeys>

/** The keys of all modes; only those that work in this one are found by their secret. */
export function createApiKeys(database: Database, mode: Mode) {
  const workingKeys = () =>
    keysBy(database)
      .where('revoked_at', 'is', null)
      .where((is) => is.or([is('mode', 'is', null), is('mode', '=', mode)]))

  return {
    /** Makes a key and returns it with its secret, which cannot be had again. It works in every mode, unless one is given. */
    async createKey(agencyId: string, name: string, onlyIn: Mode | null = null): Promise<ApiKey & { secret: string }> {
      const secret = mintApiKey()
      const key = { id: newId('key'), agencyId, name, hint: secret.slice(-4), createdAt: Date.now() }
      await database
        .insertInto('api_keys')
        .values({
          id: key.id,
          agency_id: agencyId,
          name,
          hash: hashApiKey(secret),
          hint: key.hint,
          created_at: key.createdAt,
          mode: onlyIn,
        })
        .execute()
      return { ...key, lastUsedAt: null, revokedAt: null, mode: onlyIn, secret }
    },

    /** Oldest first, revoked ones included. */
    async listKeys(agencyId: string): Promise<ApiKey[]> {
      return await keysBy(database).where('agency_id', '=', agencyId).orderBy('created_at').orderBy('id').execute()
    },

    /** The key whose secret has this hash, unless it is revoked or of another mode. */
    async findKey(hash: string): Promise<ApiKey | undefined> {
      return await workingKeys().where('hash', '=', hash).executeTakeFirst()
    },

    /** Whether the key of this id still works, in this mode. */
    async isActive(id: string): Promise<boolean> {
      return (await workingKeys().where('id', '=', id).executeTakeFirst()) !== undefined
    },

    /** False where there is no such key. Revoking twice keeps the first time. */
    async revokeKey(id: string): Promise<boolean> {
      const [result] = await database
        .updateTable('api_keys')
        .set((column) => ({ revoked_at: column.fn.coalesce('revoked_at', column.val(Date.now())) }))
        .where('id', '=', id)
        .execute()
      return result?.numUpdatedRows === 1n
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
      'mode',
    ])
