import { DatabaseSync } from 'node:sqlite'
import type { QueryResult } from 'kysely'
import { sqliteCode } from './errors.ts'
import { holdFile } from './sqlite-file.ts'
import { isInTransaction } from '../lib/sqlite.ts'
import { createStatements, type Statement } from './sqlite-statements.ts'

/** One request to the connection that writes. */
export type Work =
  | { kind: 'open'; path: string; busyTimeoutMs: number }
  /** Independent statements that share one commit: one that fails does not affect the others. */
  | { kind: 'group'; statements: Statement[] }
  | { kind: 'statement'; statement: Statement }
  | { kind: 'begin' | 'commit' | 'rollback' | 'checkpoint' | 'close' }

/** The outcomes of the statements in their order, or the error that stopped all of them. */
export type Answer = { outcomes: Outcome[] } | { error: Failure }
export type Outcome = { result: QueryResult<unknown> } | { error: Failure }

/** An error in a form that crosses threads, where an Error would lose SQLite's code. */
export type Failure = {
  message: string
  code?: string | undefined
  errcode?: number | undefined
  errstr?: string | undefined
}

type Connection = ReturnType<typeof open>

/** Opens the one connection that writes. synchronous=FULL makes what was committed survive a power cut. */
function open(path: string, busyTimeoutMs: number) {
  const file = path === ':memory:' ? undefined : holdFile(path)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}; PRAGMA journal_mode = WAL`)
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    // The first read creates the write-ahead log, and fails if the file is no database.
    database.exec('SELECT count(*) FROM sqlite_schema')
    file?.check()
    return { file, database, run: createStatements(database) }
  } catch (error) {
    database?.close()
    file?.close()
    throw error
  }
}

function close({ file, database }: Pick<Connection, 'file' | 'database'>): void {
  database.close()
  file?.close()
}

function commit({ database, file }: Connection): void {
  try {
    file?.check()
    database.exec('COMMIT')
  } catch (error) {
    rollback(database)
    throw error
  }
}

/**
 * Copies what was committed from the write-ahead log to the database's own file, as far as no reader is in the way. Not into a file that
 * was overwritten: its first page would be whole again, and hide that the others are not.
 */
function checkpoint({ database, file }: Connection): void {
  if (isInTransaction(database)) return
  file?.check()
  database.exec('PRAGMA wal_checkpoint(PASSIVE)')
}

/** After some errors, such as a full disk, SQLite has rolled back already. */
function rollback(database: DatabaseSync): void {
  if (isInTransaction(database)) database.exec('ROLLBACK')
}

/** Runs a statement within the open transaction: after a rollback by SQLite itself, it would be committed alone. */
function runWithin({ database, run }: Connection, statement: Statement): QueryResult<unknown> {
  if (!isInTransaction(database)) throw new Error('SQLite has rolled the transaction back.')
  return run(statement)
}

function runGroup(connected: Connection, statements: Statement[]): Outcome[] {
  const { database } = connected
  database.exec('BEGIN IMMEDIATE')
  const outcomes = statements.map((statement): Outcome => {
    try {
      // SQLite undoes the one statement that fails and keeps the others: https://www.sqlite.org/lang_conflict.html
      return { result: runWithin(connected, statement) }
    } catch (error) {
      if (!isInTransaction(database)) throw error
      return { error: describe(error) }
    }
  })
  commit(connected)
  return outcomes
}

/** Returns what performs one piece of work after the other, and never throws: first `open`, last `close`. */
export function createWrites(): (work: Work) => Answer {
  let connection: Connection | undefined

  const perform = (work: Work): Outcome[] => {
    if (work.kind === 'open') connection = open(work.path, work.busyTimeoutMs)
    if (!connection) throw new Error('The database is not open.')
    switch (work.kind) {
      case 'open':
        break
      case 'group':
        return runGroup(connection, work.statements)
      case 'statement':
        return [{ result: runWithin(connection, work.statement) }]
      case 'begin':
        connection.database.exec('BEGIN IMMEDIATE')
        break
      case 'commit':
        commit(connection)
        break
      case 'rollback':
        rollback(connection.database)
        break
      case 'checkpoint':
        checkpoint(connection)
        break
      case 'close':
        close(connection)
        break
    }
    return []
  }

  return (work) => {
    try {
      return { outcomes: perform(work) }
    } catch (error) {
      return { error: describe(error) }
    }
  }
}

function describe(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), code: sqliteCode }
  const { code = sqliteCode, errcode, errstr }: Partial<Failure> = error
  return { message: error.message, code, errcode, errstr }
}
