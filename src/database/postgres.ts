import {
  type DatabaseIntrospector,
  type Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  sql,
  type TableMetadata,
} from 'kysely'
import type { DatabaseLoad } from './load.ts'
import type { ObservedPool } from './postgres-pool.ts'
import type { Timeouts } from './timeouts.ts'

/** Kysely's PostgreSQL dialect over a pool of connections that heals. */
export function postgresDialect(
  url: string,
  timeouts: Timeouts,
  onBrokenConnection: (error: Error) => void,
): PostgresDialect {
  // A transaction that does nothing is still ended: that of a process which is gone would keep its locks from all others.
  const unlimited = { ...timeouts, lockMs: 0, statementMs: 0, answerMs: 0 }
  const withoutTimeouts = () => postgresDialect(url, unlimited, onBrokenConnection)
  let opened: ObservedPool | undefined
  const pool = async () => {
    // Only here, because most databases are SQLite files.
    const { openPool } = await import('./postgres-pool.ts')
    opened = openPool(url, timeouts, onBrokenConnection)
    return opened
  }
  const load = () => opened?.load() ?? { connections: { open: 0, idle: 0 }, waiting: 0 }
  return new PooledDialect({ withoutTimeouts, load }, { pool })
}

type Extras = { withoutTimeouts: () => PostgresDialect; load: () => DatabaseLoad }

/** Kysely's adapter, which can also open the same database without timeouts, for migrations, and tell how busy the pool is. */
export class PooledAdapter extends PostgresAdapter {
  readonly withoutTimeouts: Extras['withoutTimeouts']
  readonly load: Extras['load']

  constructor({ withoutTimeouts, load }: Extras) {
    super()
    this.withoutTimeouts = withoutTimeouts
    this.load = load
  }
}

class PooledDialect extends PostgresDialect {
  readonly #extras: Extras

  constructor(extras: Extras, config: ConstructorParameters<typeof PostgresDialect>[0]) {
    super(config)
    this.#extras = extras
  }

  override createAdapter(): PooledAdapter {
    return new PooledAdapter(this.#extras)
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- as Kysely declares it
  override createIntrospector(database: Kysely<any>): DatabaseIntrospector {
    return new OwnSchemaIntrospector(database)
  }
}

/**
 * Lists the tables of our own schema for the migrations. Kysely's introspector reads all schemas, and fails if one of them is
 * dropped meanwhile.
 */
class OwnSchemaIntrospector extends PostgresIntrospector {
  readonly #database: Kysely<unknown>

  constructor(database: Kysely<unknown>) {
    super(database)
    this.#database = database
  }

  override async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<{ schema: string; name: string }>`
      select schemaname as schema, tablename as name from pg_tables where schemaname = current_schema()
    `.execute(this.#database)
    return rows.map((table) => ({ ...table, isView: false, isForeign: false, columns: [] }))
  }
}
