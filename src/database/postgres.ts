import { PostgresAdapter, PostgresDialect } from 'kysely'
import { openPool } from './postgres-pool.ts'
import type { Timeouts } from './timeouts.ts'

/** Kysely's PostgreSQL dialect over a pool of connections that heals. */
export function postgresDialect(
  url: string,
  timeouts: Timeouts | undefined,
  onBrokenConnection: (error: Error) => void,
): PostgresDialect {
  const withoutTimeouts = () => postgresDialect(url, undefined, onBrokenConnection)
  return new PooledDialect(withoutTimeouts, { pool: async () => openPool(url, timeouts, onBrokenConnection) })
}

/** Kysely's adapter, which also knows how to reach the same database for what takes long. */
export class PooledAdapter extends PostgresAdapter {
  readonly withoutTimeouts: () => PostgresDialect

  constructor(withoutTimeouts: () => PostgresDialect) {
    super()
    this.withoutTimeouts = withoutTimeouts
  }
}

class PooledDialect extends PostgresDialect {
  readonly #withoutTimeouts: () => PostgresDialect

  constructor(withoutTimeouts: () => PostgresDialect, config: ConstructorParameters<typeof PostgresDialect>[0]) {
    super(config)
    this.#withoutTimeouts = withoutTimeouts
  }

  override createAdapter(): PooledAdapter {
    return new PooledAdapter(this.#withoutTimeouts)
  }
}
