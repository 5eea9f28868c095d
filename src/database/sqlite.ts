import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SqliteAdapter, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'

/** How long a statement waits for another process that is writing. */
const busyTimeoutMs = 5_000

/**
 * Kysely's SQLite dialect over node:sqlite. WAL lets other processes read while one writes; synchronous=FULL makes what
 * was committed survive a power cut.
 */
export function sqliteDialect(file: string): SqliteDialect {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  const statements = new Map<string, SqliteStatement>()
  const adapted: SqliteDatabase = {
    prepare(sql) {
      let statement = statements.get(sql)
      if (!statement) {
        // A deferred transaction that begins to write late can fail on a busy file without waiting for it.
        statement = adapt(database.prepare(sql === 'begin' ? 'begin immediate' : sql))
        statements.set(sql, statement)
      }
      return statement
    },
    close: () => database.close(),
  }
  return new LockingDialect({ database: adapted })
}

/** SQLite can change tables within a transaction, so that processes which start together take turns with the migrations. */
class LockingAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class LockingDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new LockingAdapter()
  }
}

function adapt(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  }
}

/** Kysely knows parameters only as unknown; the tables' types have seen to it that they are text, numbers and null. */
function values(parameters: readonly unknown[]): SQLInputValue[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- node:sqlite throws on any other type
  return parameters as SQLInputValue[]
}
