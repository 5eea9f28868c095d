import { Kysely, PostgresAdapter, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { PooledAdapter } from './postgres.ts'
import type { Database, Tables } from './tables.ts'
import * as start from './migrations/0001-start.ts'
import * as bulkCodes from './migrations/0002-bulk-codes.ts'
import * as health from './migrations/0003-health.ts'
import * as modes from './migrations/0004-modes.ts'
import * as jobs from './migrations/0005-jobs.ts'
import * as events from './migrations/0006-events.ts'
import * as seals from './migrations/0007-seals.ts'
import * as keys from './migrations/0008-keys.ts'
import * as pending from './migrations/0009-pending.ts'
import * as keyManagement from './migrations/0010-key-management.ts'
import * as accountLookUp from './migrations/0011-account-look-up.ts'

/** In the order of their names. A migration that has landed is never edited or removed: append another. */
const migrations = {
  '0001-start': start,
  '0002-bulk-codes': bulkCodes,
  '0003-health': health,
  '0004-modes': modes,
  '0005-jobs': jobs,
  '0006-events': events,
  '0007-seals': seals,
  '0008-keys': keys,
  '0009-pending': pending,
  '0010-key-management': keyManagement,
  '0011-account-look-up': accountLookUp,
}

/**
 * Brings the tables up to date. Processes that start together take turns under a lock of the database and each
 * migration runs once. On PostgreSQL no timeout cuts a migration that takes long.
 */
export async function migrate(database: Database): Promise<void> {
  const { adapter } = database.getExecutor()
  if (!(adapter instanceof PooledAdapter)) return await migrateToLatest(database)
  const unlimited = new Kysely<Tables>({ dialect: adapter.withoutTimeouts() })
  try {
    await migrateToLatest(unlimited)
  } finally {
    await unlimited.destroy()
  }
}

async function migrateToLatest(database: Database): Promise<void> {
  try {
    const { error } = await (await migratorOf(database)).migrateToLatest()
    if (error !== undefined) throw error
  } catch (cause) {
    throw new Error('The database could not be brought up to date.', { cause })
  }
}

/** The names of the migrations that the database still lacks. Changes nothing. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const all = await (await migratorOf(database)).getMigrations()
  return all.filter((migration) => !migration.executedAt).map((migration) => migration.name)
}

async function migratorOf(database: Database): Promise<Migrator> {
  const provider = { getMigrations: async () => migrations }
  const isPostgres = database.getExecutor().adapter instanceof PostgresAdapter
  if (!isPostgres) return new Migrator({ db: database, provider })
  // Without a schema, Kysely takes another schema's tables of the same names for its own.
  const found = await sql<{ schema: string }>`select current_schema() as schema`.execute(database)
  return new Migrator({ db: database, provider, migrationTableSchema: found.rows[0]?.schema ?? 'public' })
}
