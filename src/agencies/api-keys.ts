import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'
import {
  type Changed,
  insertKey,
  type KeyChange,
  lockKey,
  type NewApiKey,
  type NewKey,
  revokeKey,
  rotateKey,
  updateKey,
} from './key-changes.ts'
import { byCommand, type Operator } from './single-events.ts'
import { type ApiKey, findKey, hasEnded, selectKeys, selectWorkingKeys, toKey } from './key-rows.ts'

export type { NewApiKey } from './key-changes.ts'
export type { ApiKey } from './key-rows.ts'

export type ApiKeys = ReturnType<typeof createApiKeys>

/** The keys of all modes; only those that work in this one are found by their secret. Its changes are the operator’s. */
export function createApiKeys(database: Database, mode: Mode, author: Operator = byCommand) {
  /** Changes the key; undefined where there is none. */
  const change = async <T>(id: string, work: (change: KeyChange, key: ApiKey) => Promise<T>): Promise<T | undefined> =>
    await database.transaction().execute(async (on) => {
      const key = await lockKey(on, id)
      return key && (await work({ on, mode, author }, key))
    })

  return {
    /** Makes a key and returns it with its secret, which cannot be had again. */
    async createKey(agencyId: string, name: string, limits: NewKey = {}): Promise<NewApiKey> {
      return await database
        .transaction()
        .execute(async (on) => await insertKey({ on, mode, author }, agencyId, name, limits))
    },

    /** As `rotateKey` of key-changes.ts; undefined where no key of this id works any more. */
    async rotateKey(id: string, overlapMs: number): Promise<NewApiKey | undefined> {
      return await change(id, async (by, key) => (hasEnded(key) ? undefined : await rotateKey(by, key, overlapMs)))
    },

    /** Changes the key to what `changed` makes of it as it is at that moment. Each process follows within a second. */
    async updateKey(id: string, changed: (key: ApiKey) => Changed): Promise<void> {
      await change(id, async (by, key) => await updateKey(by, key, changed(key)))
    },

    /** The key of this id, whether it works or not. */
    async findById(id: string): Promise<ApiKey | undefined> {
      return await findKey(database, id)
    },

    /** Oldest first, revoked ones included. */
    async listKeys(agencyId: string): Promise<ApiKey[]> {
      const keys = selectKeys(database).where('agency_id', '=', agencyId).orderBy('created_at').orderBy('id')
      return (await keys.execute()).map(toKey)
    },

    /** The key whose secret has this hash, unless it is revoked, has expired or is of another mode. */
    async findBySecretHash(hash: string): Promise<ApiKey | undefined> {
      const row = await selectWorkingKeys(database, mode).where('hash', '=', hash).executeTakeFirst()
      return row && toKey(row)
    },

    /** The key of this id, unless it no longer works in this mode. */
    async findWorking(id: string): Promise<ApiKey | undefined> {
      const row = await selectWorkingKeys(database, mode).where('id', '=', id).executeTakeFirst()
      return row && toKey(row)
    },

    /** False where there is no such key. Revoking twice keeps the first time. */
    async revokeKey(id: string): Promise<boolean> {
      const revoked = await change(id, async (by, key) => {
        await revokeKey(by, key)
        return true
      })
      return revoked === true
    },

    /** `usedAt` is a time of the wall clock, in milliseconds since 1970. */
    async markUsed(id: string, usedAt: number): Promise<void> {
      await database.updateTable('api_keys').set({ last_used_at: usedAt }).where('id', '=', id).execute()
    },
  }
}
