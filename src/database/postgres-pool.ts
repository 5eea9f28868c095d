import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { Pool, type PoolClient, TypeOverrides, types } from 'pg'
import type { DatabaseLoad } from './load.ts'
import type { Timeouts } from './timeouts.ts'

export type ObservedPool = PostgresPool & { load(): DatabaseLoad }

/**
 * A pool of connections on which no query waits for ever. A connection whose answer is late is destroyed, because the answer
 * may still come, and so are all that were opened before, because after a failover none of them is alive.
 * With `timeouts` of 0, a statement may take as long as it needs.
 */
export function openPool(url: string, timeouts: Timeouts, onBroken: (error: Error) => void): ObservedPool {
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: bigintAsNumber(),
    statement_timeout: timeouts.statementMs,
    lock_timeout: timeouts.lockMs,
    idle_in_transaction_session_timeout: timeouts.idleInTransactionMs,
  })
  let generation = 0
  const generationOf = new WeakMap<PoolClient, number>()
  // Without these listeners, a connection that breaks would end the process. If it is in use, its query rejects as well.
  pool.on('error', onBroken)
  const open = new Set<PoolClient>()
  pool.on('remove', (client) => open.delete(client))
  pool.on('connect', (client) => {
    open.add(client)
    generationOf.set(client, generation)
    client.on('error', onBroken)
  })

  const query = async (client: PoolClient, sql: string, parameters: unknown[]) => {
    const onTimeout = () => {
      generation += 1
      client.connection.stream.destroy(timedOut())
    }
    const timer = timeouts.answerMs > 0 ? setTimeout(onTimeout, timeouts.answerMs) : undefined
    try {
      return await client.query(sql, parameters)
    } finally {
      clearTimeout(timer)
    }
  }

  const release = (client: PoolClient, discard = false) => {
    const isSuspect = generationOf.get(client) !== generation
    // An orderly end would wait for a server that is gone until TCP gives up.
    if (isSuspect) client.connection.stream.destroy()
    client.release(isSuspect || discard)
  }

  const connect = async (): Promise<PoolClient> => {
    const client = await pool.connect()
    if (generationOf.get(client) === generation) return client
    release(client)
    return await connect()
  }

  return {
    options: pool.options,
    load: () => ({ connections: { open: pool.totalCount, idle: pool.idleCount }, waiting: pool.waitingCount }),
    async end() {
      await pool.end()
      // The connections were told to terminate; a server that is gone must not keep the process alive.
      for (const client of open) client.connection.stream.destroy()
    },
    async connect() {
      const client = await connect()
      const guarded = {
        query: (sql: string, parameters: readonly unknown[]) => query(client, sql, [...parameters]),
        release: (discard?: boolean) => release(client, discard),
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely queries by cursor only if it was given a class of cursors
      return guarded as unknown as PostgresPoolClient
    },
  }
}

function timedOut(): Error {
  return Object.assign(new Error('PostgreSQL did not answer in time.'), { code: 'ETIMEDOUT' })
}

/** bigint columns read as numbers, as they do in SQLite; ours are milliseconds, far below 2^53. */
function bigintAsNumber(): TypeOverrides {
  const overrides = new TypeOverrides()
  overrides.setTypeParser(types.builtins.INT8, Number)
  return overrides
}
