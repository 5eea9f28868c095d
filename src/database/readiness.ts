import { type Clock, monotonicClock } from '../lib/clock.ts'
import type { Database } from './database.ts'

const everyMs = 1_000

/**
 * Returns a check that the database can serve. It makes a durable write, because a database that is full, read-only, corrupt,
 * deleted or a standby still answers reads. Calls within a second of the last write share its outcome.
 * @throws Error of the database if the write failed
 */
export function createReadinessCheck(database: Database, now: Clock['now'] = monotonicClock.now) {
  let latest: Promise<void> | undefined
  let isFreshUntil = 0

  const write = async () => {
    const { numUpdatedRows } = await database
      .updateTable('health')
      .set({ checked_at: Date.now() })
      .where('id', '=', 1)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows !== 1n) throw new Error('The database has lost the row of its health check.')
  }

  return async (): Promise<void> => {
    if (!latest || now() >= isFreshUntil) {
      const startedAt = now()
      isFreshUntil = Infinity
      latest = write().finally(() => {
        isFreshUntil = startedAt + everyMs
      })
    }
    await latest
  }
}
