import { Kysely, sql } from 'kysely'
import { postgresDialect } from './postgres.ts'
import { sqliteDialect } from './sqlite.ts'
import type { Database, Tables } from './tables.ts'

export type { Database } from './tables.ts'

/**
 * Opens the database at a `postgres://` URL or in an SQLite file, without changing it: `migrate` makes the tables.
 * `onBrokenConnection` is told of connections that break; the pool replaces them by itself.
 */
export function openDatabase(location: string, onBrokenConnection: (error: Error) => void = () => {}): Database {
  const isPostgres = /^postgres(ql)?:/.test(location)
  return new Kysely<Tables>({
    dialect: isPostgres ? postgresDialect(location, onBrokenConnection) : sqliteDialect(location),
  })
}

/** Resolves when the database answers; rejects when it does not. */
export async function checkDatabase(database: Database): Promise<void> {
  await sql`select 1`.execute(database)
}
