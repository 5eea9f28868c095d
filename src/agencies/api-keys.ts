import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import { hashApiKey, mintApiKey } from './api-key.ts'

export type ApiKey = {
  id: string
  agencyId: string
  name: string
  hint: string
  createdAt: number
  lastUsedAt: number | null
  revokedAt: number | null
}

export type ApiKeys = ReturnType<typeof createApiKeys>

export function createApiKeys(database: Database) {
  return {
    /** Makes a key and returns it with its secret, which cannot be had again. */
    async createKey(agencyId: string, name: string): Promise<ApiKey & { secret: string }> {
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
        })
        .execute()
      return { ...key, lastUsedAt: null, revokedAt: null, secret }
    },

    /** Oldest first, revoked ones included. */
    async listKeys(agencyId: string): Promise<ApiKey[]> {
      return await keysBy(database).where('agency_id', '=', agencyId).orderBy('created_at').orderBy('id').execute()
    },

    /** The key whose secret has this hash, unless it is revoked. */
    async findKey(hash: string): Promise<ApiKey | undefined> {
      return await keysBy(database).where('hash', '=', hash).where('revoked_at', 'is', null).executeTakeFirst()
    },

    /** Whether the key of this id still works. */
    async isActive(id: string): Promise<boolean> {
      return (
        (await keysBy(database).where('id', '=', id).where('revoked_at', 'is', null).executeTakeFirst()) !== undefined
      )
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
    ])
