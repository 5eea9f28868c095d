import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  RawNode,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { DatabaseLoad } from './load.ts'
import { createStatements, isBusy, type Statement } from './sqlite-statements.ts'
import type { StartThread } from './sqlite-thread.ts'
import { SqliteWriter } from './sqlite-writer.ts'

/**
 * A Kysely dialect over node:sqlite. Reads outside a transaction run at once on a connection of the main thread, because in
 * WAL mode writers do not block them. Everything else runs on the thread that writes. A statement waits up to
 * `busyTimeoutMs` for another process's lock, then fails. `start` starts what takes the place of that thread.
 */
export function sqliteDialect(path: string, busyTimeoutMs = 5_000, start?: StartThread): Dialect {
  let driver: SqliteThreadDriver | undefined
  return {
    createAdapter: () => new SqliteThreadAdapter(() => ({ waiting: driver?.waiting ?? 0 })),
    createDriver: () => (driver = new SqliteThreadDriver(path, busyTimeoutMs, start)),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/** Kysely's adapter, which can also tell how busy the writer is. */
export class SqliteThreadAdapter extends SqliteAdapter {
  readonly load: () => DatabaseLoad

  constructor(load: () => DatabaseLoad) {
    super()
    this.load = load
  }

  /** The writer has its own queue, and reads need none, so Kysely must not queue. */
  override get supportsMultipleConnections(): boolean {
    return true
  }

  /** SQLite can change tables within a transaction, so that processes which start together take turns with the migrations. */
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

type Resources = { reader: Reader | undefined; writer: SqliteWriter }

class SqliteThreadDriver implements Driver {
  readonly #path: string
  readonly #busyTimeoutMs: number
  readonly #start: StartThread | undefined
  #open: Resources | undefined
  /** Kysely keeps what it knows of each connection, so that to use one again costs less than to make another. */
  readonly #free: Connection[] = []

  constructor(path: string, busyTimeoutMs: number, start: StartThread | undefined) {
    this.#path = path
    this.#busyTimeoutMs = busyTimeoutMs
    this.#start = start
  }

  get waiting(): number {
    return this.#open?.writer.waiting ?? 0
  }

  async init(): Promise<void> {
    const writer = await SqliteWriter.open(this.#path, this.#busyTimeoutMs, this.#start)
    try {
      // Only the connection that made a database in memory sees it.
      const reader = this.#path === ':memory:' ? undefined : openReader(this.#path, this.#busyTimeoutMs)
      this.#open = { reader, writer }
    } catch (error) {
      await writer.close()
      throw error
    }
  }

  async acquireConnection(): Promise<Connection> {
    if (!this.#open) throw new Error('The database is not open.')
    return this.#free.pop() ?? new Connection(this.#open)
  }

  async beginTransaction(connection: Connection): Promise<void> {
    await connection.begin()
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.end('commit')
  }

  /** Kysely also rolls back what failed to commit, which the writer has rolled back itself. */
  async rollbackTransaction(connection: Connection): Promise<void> {
    if (connection.isInTransaction) await connection.end('rollback')
  }

  async releaseConnection(connection: Connection): Promise<void> {
    await this.rollbackTransaction(connection)
    this.#free.push(connection)
  }

  async destroy(): Promise<void> {
    this.#open?.reader?.close()
    await this.#open?.writer.close()
  }
}

/** A connection in Kysely's sense: it only records whether a transaction is open. */
class Connection implements DatabaseConnection {
  readonly #reader: Reader | undefined
  readonly #writer: SqliteWriter
  isInTransaction = false

  constructor({ reader, writer }: Resources) {
    this.#reader = reader
    this.#writer = writer
  }

  async begin(): Promise<void> {
    await this.#writer.begin()
    this.isInTransaction = true
  }

  async end(kind: 'commit' | 'rollback'): Promise<void> {
    try {
      await this.#writer.end(kind)
    } finally {
      this.isInTransaction = false
      this.#writer.release()
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely derives the type of the rows from the query
    return (await this.#run(query)) as QueryResult<R>
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }

  async #run(query: CompiledQuery): Promise<QueryResult<unknown>> {
    const statement = { sql: query.sql, parameters: query.parameters }
    if (this.isInTransaction) return await this.#writer.runInTransaction(statement)
    if (this.#reader && isRead(query)) return await this.#reader.run(statement)
    return await this.#writer.run(statement)
  }
}

function isRead({ query, sql }: CompiledQuery): boolean {
  return SelectQueryNode.is(query) || (RawNode.is(query) && /^\s*select\b/i.test(sql))
}

type Reader = ReturnType<typeof openReader>

/** Opens a read-only connection that never blocks the event loop: it retries while another connection holds a lock. */
function openReader(path: string, busyTimeoutMs: number) {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 })
  const run = createStatements(database)
  return {
    async run(statement: Statement): Promise<QueryResult<unknown>> {
      const giveUpAt = performance.now() + busyTimeoutMs
      for (;;) {
        try {
          return run(statement)
        } catch (error) {
          if (!isBusy(error) || performance.now() > giveUpAt) throw error
        }
        await wait(10)
      }
    },
    close: () => database.close(),
  }
}
