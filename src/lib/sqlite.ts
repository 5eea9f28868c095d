import type { DatabaseSync, StatementSync } from 'node:sqlite'

// node:sqlite got these properties with Node 22.16; the package runs from 22.13 on.

/** Whether a transaction is open: SQLite itself ends one after some errors, such as a full disk. */
export function isInTransaction(database: Partial<DatabaseSync> & Pick<DatabaseSync, 'exec'>): boolean {
  if (database.isTransaction !== undefined) return database.isTransaction
  try {
    database.exec('BEGIN')
  } catch {
    // SQLite refuses one within another, and nothing changes.
    return true
  }
  database.exec('ROLLBACK')
  return false
}

/** Whether the statement answers with rows, if only none. */
export function returnsRows(statement: Partial<StatementSync>, sql: string): boolean {
  if (statement.columns !== undefined) return statement.columns().length > 0
  return /^\s*(select|with|pragma)\b|\breturning\b/i.test(sql)
}
