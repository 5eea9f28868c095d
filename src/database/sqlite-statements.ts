import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { QueryResult } from 'kysely'
import { returnsRows } from '../lib/sqlite.ts'

/** One statement with the values of its parameters. */
export type Statement = { sql: string; parameters: readonly unknown[] }

/** Multi-row INSERTs have a text for each number of rows, so the texts are many, and the rarely used ones are dropped. */
const preparedMax = 200

/** Runs statements on a connection, each text prepared once and kept while it is among the most recently used. */
export function createStatements(database: DatabaseSync): (statement: Statement) => QueryResult<unknown> {
  const prepared = new Map<string, { statement: StatementSync; hasRows: boolean }>()

  const prepare = (sql: string) => {
    let entry = prepared.get(sql)
    if (entry) prepared.delete(sql)
    else {
      const statement = database.prepare(sql)
      entry = { statement, hasRows: returnsRows(statement, sql) }
    }
    prepared.set(sql, entry)
    const [oldest] = prepared.keys()
    if (prepared.size > preparedMax && oldest !== undefined) prepared.delete(oldest)
    return entry
  }

  return ({ sql, parameters }) => {
    const { statement, hasRows } = prepare(sql)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- node:sqlite throws on any other type
    const values = parameters as SQLInputValue[]
    if (hasRows) return { rows: statement.all(...values) }
    const { changes, lastInsertRowid } = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }
}

/** Whether SQLite gave up because another connection holds a lock: https://www.sqlite.org/rescode.html#busy */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  const primaryCode = Number(error.errcode) & 0xff
  return primaryCode === 5 || primaryCode === 6
}
