import { PostgresDialect } from 'kysely'
import { Pool, TypeOverrides, types } from 'pg'

/**
 * Kysely's PostgreSQL dialect over a pool. No query waits for ever: a database that does not answer is an error within
 * seconds. bigint columns read as numbers, as they do in SQLite; ours are milliseconds, far below 2^53.
 */
export function postgresDialect(url: string, onIdleError: (error: Error) => void): PostgresDialect {
  const bigintAsNumber = new TypeOverrides()
  bigintAsNumber.setTypeParser(types.builtins.INT8, Number)
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 3_000,
    query_timeout: 5_000,
    types: bigintAsNumber,
  })
  // Without a listener, a connection that the server closes while it is idle would end the process.
  pool.on('error', onIdleError)
  return new PostgresDialect({ pool })
}
