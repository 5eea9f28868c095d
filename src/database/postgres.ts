import { PostgresDialect } from 'kysely'
import { Pool, TypeOverrides, types } from 'pg'

/**
 * Kysely's PostgreSQL dialect over a pool. No query waits for ever: a database that does not answer is an error within
 * seconds. bigint columns read as numbers, as they do in SQLite; ours are milliseconds, far below 2^53.
 */
export function postgresDialect(url: string, onBrokenConnection: (error: Error) => void): PostgresDialect {
  const bigintAsNumber = new TypeOverrides()
  bigintAsNumber.setTypeParser(types.builtins.INT8, Number)
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 3_000,
    query_timeout: 5_000,
    types: bigintAsNumber,
  })
  // Without a listener, a connection that breaks would end the process: while it is idle, and while it is in use, when whoever
  // uses it is told as well.
  pool.on('error', onBrokenConnection)
  pool.on('connect', (client) => client.on('error', onBrokenConnection))
  return new PostgresDialect({ pool })
}
