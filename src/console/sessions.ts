import { hashApiKey, mintApiKey } from '../agencies/api-key.ts'
import type { ApiKey } from '../agencies/api-keys.ts'
import { selectWorkingKeys, toKey } from '../agencies/key-rows.ts'
import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'

export const sessionHours = 8
const sessionMs = sessionHours * 3_600_000

export type Sessions = ReturnType<typeof createSessions>

/**
 * Who is signed in to the console. A session's token has the form of an API key, so that its checksum refuses what was invented without a
 * look-up, and the log masks it; neither works in place of the other.
 */
export function createSessions(database: Database, mode: Mode) {
  const current = () =>
    database.selectFrom('sessions').where('sessions.mode', '=', mode).where('sessions.expires_at', '>', Date.now())

  const end = async (tokens: string[]): Promise<void> => {
    if (tokens.length > 0) await database.deleteFrom('sessions').where('hash', 'in', tokens.map(hashApiKey)).execute()
  }

  return {
    /** Begins a session of this key in place of those that the browser has, and removes those that are over. */
    async start(keyId: string, replaced: string[]): Promise<{ token: string; expiresAt: number }> {
      const token = mintApiKey()
      const now = Date.now()
      const expiresAt = now + sessionMs
      const row = { hash: hashApiKey(token), key_id: keyId, mode, created_at: now, expires_at: expiresAt }
      await database.deleteFrom('sessions').where('expires_at', '<=', now).execute()
      await end(replaced)
      await database.insertInto('sessions').values(row).execute()
      return { token, expiresAt }
    },

    /** When the session of this token ends; undefined where there is none. */
    async expiryOf(token: string): Promise<number | undefined> {
      const row = await current().select('expires_at').where('hash', '=', hashApiKey(token)).executeTakeFirst()
      return row?.expires_at
    },

    end,

    /** The key of the session whose token has this hash, unless the session is over or the key no longer works. */
    async findBySecretHash(hash: string): Promise<ApiKey | undefined> {
      const keyId = current().select('sessions.key_id').where('sessions.hash', '=', hash)
      const row = await selectWorkingKeys(database, mode).where('id', '=', keyId).executeTakeFirst()
      return row && toKey(row)
    },
  }
}
