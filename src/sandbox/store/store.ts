import { closeSync, existsSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { isInTransaction } from '../../lib/sqlite.ts'
import { IdCodec } from './id-codec.ts'
import { schema } from './schema.ts'

/** A stored object. `seq` orders creation and is never reused. */
export type Row<B> = { seq: number; id: string; created: number; body: B }

const columns = 'seq, id, created, body'

function rowOf<B>(found: Record<string, SQLOutputValue>): Row<B> {
  const body: B = JSON.parse(String(found['body']))
  return { seq: Number(found['seq']), id: String(found['id']), created: Number(found['created']), body }
}

/** Reads within this many milliseconds share one snapshot of the file. */
const snapshotMs = 1

/** The sandbox's state in one SQLite file, which several processes may share; no state lives outside of it. */
export class Store {
  readonly #db: DatabaseSync
  #isOpen = true
  readonly #ids: IdCodec
  readonly #statements = new Map<string, StatementSync>()
  readonly #finderOf = new Map<string, { derived: StatementSync; named: StatementSync }>()
  #end: PromiseWithResolvers<void> | undefined
  #open: 'none' | 'read' | 'write' = 'none'
  #openedAt = 0
  #snapshot = 0

  constructor(file: string) {
    // Its owner's alone, as are then the files that SQLite makes beside it. One that exists is not opened: closing it would release the
    // locks that SQLite has on it in this process.
    if (file !== ':memory:' && !existsSync(file)) closeSync(openSync(file, 'a', 0o600))
    this.#db = new DatabaseSync(file)
    this.#db.exec(
      'PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ' +
        'PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000',
    )
    this.#db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT; PRAGMA busy_timeout = 0`)
    const keys: number[] = JSON.parse(String(this.sql(`SELECT body FROM settings WHERE name = 'keys'`).get()?.['body']))
    this.#ids = new IdCodec(keys)
  }

  sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#db.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  /** Runs one change atomically. Changes of one turn of the event loop share a transaction. */
  change<T>(run: () => T): T {
    this.#begin()
    this.sql('SAVEPOINT one').run()
    try {
      const result = run()
      this.sql('RELEASE one').run()
      return result
    } catch (error) {
      this.#snapshot++
      if (isInTransaction(this.#db)) {
        this.sql('ROLLBACK TO one').run()
        this.sql('RELEASE one').run()
      }
      throw error
    }
  }

  /** Returns the value once every change that it may depend on is committed. */
  committed<T>(value: T): T | Promise<T> {
    if (this.#open === 'none') return value
    this.#end ??= Promise.withResolvers<void>()
    return this.#end.promise.then(() => value)
  }

  /** Identifies the current snapshot: while it stays the same, no other process's changes are visible. */
  get snapshot(): number | undefined {
    return this.#open === 'none' ? undefined : this.#snapshot
  }

  /** Lets the following reads share one snapshot, since opening one costs more than the reads themselves. */
  read(): void {
    if (this.#open === 'write') return
    const now = performance.now()
    if (this.#open === 'read' && now - this.#openedAt < snapshotMs) return
    this.#start('read', 'BEGIN')
    this.#openedAt = now
  }

  #begin(): void {
    if (this.#open !== 'write' || !isInTransaction(this.#db)) this.#start('write', 'BEGIN IMMEDIATE')
  }

  #start(kind: 'read' | 'write', begin: string): void {
    const wasScheduled = this.#open !== 'none'
    this.flush()
    this.sql(begin).run()
    this.#open = kind
    this.#snapshot++
    if (!wasScheduled) setImmediate(() => this.flush())
  }

  /** Commits this turn's transaction and releases the answers that wait for it. */
  flush(): void {
    if (this.#open === 'none') return
    const end = this.#end
    this.#end = undefined
    this.#open = 'none'
    try {
      this.sql('COMMIT').run()
    } catch (error) {
      if (isInTransaction(this.#db)) this.sql('ROLLBACK').run()
      end?.reject(error)
      return
    }
    end?.resolve()
  }

  find<B>(scope: number, type: string, id: string): Row<B> | undefined {
    const seq = this.#ids.decode(id)
    const found = (seq !== undefined && this.#finders(type).derived.get(seq, scope, id)) || this.#named(scope, type, id)
    return found && rowOf(found)
  }

  /** Finds a removed object by a generated id, which is never used again. */
  findRemoved<B>(scope: number, type: string, id: string): Row<B> | undefined {
    const seq = this.#ids.decode(id)
    if (seq === undefined) return undefined
    const text = `SELECT ${columns} FROM objects WHERE seq = ? AND space = ? AND id = ? AND type = ?`
    const found = this.sql(text).get(seq, scope, id, `${type}.removed.${seq}`)
    return found && rowOf(found)
  }

  #named(scope: number, type: string, id: string): Record<string, SQLOutputValue> | undefined {
    return this.#finders(type).named.get(scope, id)
  }

  /** The type is part of the text: SQLite re-prepares a statement for each value bound to a partial index's condition. */
  #finders(type: string): { derived: StatementSync; named: StatementSync } {
    let finders = this.#finderOf.get(type)
    if (finders === undefined) {
      const text = `SELECT ${columns} FROM objects WHERE`
      const derived = this.sql(`${text} seq = ? AND space = ? AND type = '${type}' AND id = ?`)
      const named = this.sql(`${text} space = ? AND type = '${type}' AND id = ? AND derived = 0`)
      finders = { derived, named }
      this.#finderOf.set(type, finders)
    }
    return finders
  }

  /** Reads an object even if it was removed, for objects that still refer to it. */
  bySeq<B>(seq: number): Row<B> & { isRemoved: boolean } {
    const found = this.sql(`SELECT ${columns}, type FROM objects WHERE seq = ?`).get(seq)
    if (found === undefined) throw new Error(`no object ${seq}`)
    return { ...rowOf<B>(found), isRemoved: String(found['type']).includes('.removed.') }
  }

  /** Stores a new object under a generated id that encodes its sequence number. */
  add<B>(scope: number, type: string, idOf: (tail: string) => string, created: number, body: B): Row<B> {
    let seq = Number(this.sql('SELECT max(seq) AS last FROM objects').get()?.['last'] ?? 0) + 1
    let id = idOf(this.#ids.encode(seq))
    while (this.#named(scope, type, id)) id = idOf(this.#ids.encode(++seq))
    this.#insert(seq, scope, type, id, 1, created, body)
    return { seq, id, created, body }
  }

  /** Stores a new object under the caller's id; undefined if the id is taken. */
  addWithId<B>(scope: number, type: string, id: string, created: number, body: B): Row<B> | undefined {
    if (this.find(scope, type, id)) return undefined
    const seq = this.#insert(null, scope, type, id, 0, created, body)
    return { seq, id, created, body }
  }

  #insert(seq: number | null, scope: number, type: string, id: string, derived: 0 | 1, created: number, body: unknown) {
    const text = 'INSERT INTO objects (seq, space, type, id, derived, created, body) VALUES (?, ?, ?, ?, ?, ?, ?)'
    const { lastInsertRowid } = this.sql(text).run(seq, scope, type, id, derived, created, JSON.stringify(body))
    return Number(lastInsertRowid)
  }

  save(seq: number, body: unknown): void {
    this.sql('UPDATE objects SET body = ? WHERE seq = ?').run(JSON.stringify(body), seq)
  }

  /** Renames the object's type, so that it is neither found nor listed and its id is free again. */
  remove(seq: number): void {
    this.sql(`UPDATE objects SET type = type || '.removed.' || seq WHERE seq = ?`).run(seq)
  }

  /**
   * Iterates over the objects that the rest of a SELECT chooses. It must be one of few texts, since each is prepared once and
   * kept. Rows as arrays cost a third less than as objects.
   */
  *rows<B>(rest: string, values: SQLInputValue[]): Generator<Row<B>> {
    const statement = this.sql(`SELECT ${columns} FROM objects ${rest}`)
    // Node has this since 22.16.
    statement.setReturnArrays?.(true)
    for (const row of statement.iterate(...values)) {
      const [seq, id, created, body] = Array.isArray(row) ? row : Object.values(row)
      yield { seq: Number(seq), id: String(id), created: Number(created), body: JSON.parse(String(body)) }
    }
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.flush()
    this.#db.close()
  }
}
