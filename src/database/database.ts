import { Kysely, sql } from 'kysely'
import { postgresDialect } from './postgres.ts'
import { sqliteDialect } from './sqlite.ts'
import type { Database, Tables } from './tables.ts'
import { postgresTimeouts, sqliteLockMs, type Timeouts } from './timeouts.ts'

export type { Database } from './tables.ts'

/**
 * The database at a `postgres://` URL or in an SQLite file. The first query opens it; `migrate` creates its tables.
 * `onBrokenConnection` is called for each connection that breaks, which the pool replaces by itself.
 */
export function openDatabase(
  location: string,
  onBrokenConnection: (error: Error) => void = () => {},
  timeouts: Partial<Timeouts> = {},
): Database {
  const isPostgres = /^postgres(ql)?:/.test(location)
  return new Kysely<Tables>({
    dialect: isPostgres
      ? postgresDialect(location, { ...postgresTimeouts, ...timeouts }, onBrokenConnection)
      : sqliteDialect(location, timeouts.lockMs ?? sqliteLockMs),
  })
}

/** Resolves when the database answers; rejects when it does not. Writes nothing. */
export async function checkDatabase(database: Database): Promise<void> {
  await sql`select 1`.execute(database)
}
