import type { Database } from './database.ts'
import { PooledAdapter } from './postgres.ts'
import { SqliteThreadAdapter } from './sqlite.ts'

/** How busy a database is. */
export type DatabaseLoad = {
  /** The connections of a pool; SQLite has none. */
  connections?: { open: number; idle: number }
  /** What waits for a connection, or for the thread that writes. */
  waiting: number
}

export function loadOf(database: Database): DatabaseLoad {
  const { adapter } = database.getExecutor()
  if (adapter instanceof PooledAdapter || adapter instanceof SqliteThreadAdapter) return adapter.load()
  return { waiting: 0 }
}
