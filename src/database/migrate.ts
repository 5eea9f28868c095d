import { Kysely, PostgresAdapter, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { backUpBeforeMigration } from './backup.ts'
import { migrations, refuseNewer } from './migrations.ts'
import { PooledAdapter } from './postgres.ts'
import type { Database, Tables } from './tables.ts'

/**
 * Brings the tables up to date. Processes that start together take turns under a lock of the database and each
 * migration runs once. On PostgreSQL no timeout cuts a migration that takes long; an SQLite file is backed up before.
 * @throws Error where a newer release has migrated the database, which is then left as it is
 */
export async function migrate(database: Database): Promise<void> {
  try {
    const [next] = await pendingMigrations(database)
    if (next !== undefined) await migrateFrom(database, next)
  } catch (cause) {
    throw new Error('The database could not be brought up to date.', { cause })
  }
}

async function migrateFrom(database: Database, next: string): Promise<void> {
  const { adapter } = database.getExecutor()
  if (!(adapter instanceof PooledAdapter)) {
    await backUpFile(database, next)
    return await migrateToLatest(database)
  }
  const unlimited = new Kysely<Tables>({ dialect: adapter.withoutTimeouts() })
  try {
    await migrateToLatest(unlimited)
  } finally {
    await unlimited.destroy()
  }
}

async function migrateToLatest(database: Database): Promise<void> {
  const { error } = await (await migratorOf(database)).migrateToLatest()
  if (error !== undefined) throw error
}

/** Backs an SQLite file up in which there is something already. */
async function backUpFile(database: Database, next: string): Promise<void> {
  if (next === Object.keys(migrations)[0]) return
  const found = await sql<{ file: string }>`select file from pragma_database_list where name = 'main'`.execute(database)
  const file = found.rows[0]?.file ?? ''
  // A database in memory has no file.
  if (file !== '') backUpBeforeMigration(file, next)
}

/** The names of the migrations that the database still lacks. Changes nothing. @throws Error where a newer release has migrated it */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const all = await (await migratorOf(database)).getMigrations()
  const pending = all.filter((migration) => !migration.executedAt).map((migration) => migration.name)
  if (pending.length < all.length) refuseNewer(await executedMigrations(database))
  return pending
}

async function executedMigrations(database: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(database)
  return rows.map(({ name }) => name)
}

/** Whether the database is PostgreSQL; else it is SQLite. */
export function isPostgres(database: Database): boolean {
  return database.getExecutor().adapter instanceof PostgresAdapter
}

async function migratorOf(database: Database): Promise<Migrator> {
  const provider = { getMigrations: async () => migrations }
  if (!isPostgres(database)) return new Migrator({ db: database, provider })
  // Without a schema, Kysely takes another schema's tables of the same names for its own.
  const found = await sql<{ schema: string }>`select current_schema() as schema`.execute(database)
  return new Migrator({ db: database, provider, migrationTableSchema: found.rows[0]?.schema ?? 'public' })
}
