import { Migrator } from 'kysely/migration'
import type { Database } from './tables.ts'
import * as start from './migrations/0001-start.ts'
import * as bulkCodes from './migrations/0002-bulk-codes.ts'

/** In the order of their names. A migration that has landed is never edited or removed: append another. */
const migrations = { '0001-start': start, '0002-bulk-codes': bulkCodes }

/**
 * Brings the tables up to date. Processes that start together take turns under a lock of the database and each
 * migration runs once.
 */
export async function migrate(database: Database): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw new Error('The database could not be brought up to date.', { cause: error })
}

/** The names of the migrations that the database still lacks. Changes nothing. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } })
  const all = await migrator.getMigrations()
  return all.filter((migration) => !migration.executedAt).map((migration) => migration.name)
}
