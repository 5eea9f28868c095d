import type { Database } from './database.ts'

const everyMs = 1_000

/**
 * Returns the check whether the database can serve, by a durable write: one that is full, read-only, corrupt, deleted or a
 * standby still answers reads. Whoever asks within a second of the last write shares its outcome.
 * @throws Error of the database if the write failed
 */
export function createReadinessCheck(database: Database, now: () => number = () => performance.now()) {
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
