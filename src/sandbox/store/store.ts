import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Places } from './id-codec.ts'
import { schema } from './schema.ts'

/** One kept object: `seq` orders creation and is never used twice, `space` is one account in one mode. */
export type Row<B> = { seq: number; id: string; created: number; body: B }

const columns = 'seq, id, created, body'

function rowOf<B>(found: Record<string, SQLOutputValue>): Row<B> {
  const body: B = JSON.parse(String(found['body']))
  return { seq: Number(found['seq']), id: String(found['id']), created: Number(found['created']), body }
}

/** How long one look at the file may serve the reads of a turn: less than another process needs to make a change known. */
const snapshotMsMax = 1

/** SQLite's word for another holding the file. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}

/**
 * Runs what needs the file, again while another holds it, for ten seconds: SQLite's own waiting would stop the event loop,
 * and with it another sandbox of this process that holds the file.
 */
export function patiently<T>(run: () => T): T | Promise<T> {
  try {
    return run()
  } catch (error) {
    if (!isBusy(error)) throw error
    return again(run)
  }
}

async function again<T>(run: () => T): Promise<T> {
  const until = performance.now() + 10_000
  for (;;) {
    await sleep(1 + Math.random() * 3)
    try {
      return run()
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error
    }
  }
}

/** The sandbox's state in one SQLite file, which several processes may hold open; nothing is remembered outside of it. */
export class Store {
  readonly #db: DatabaseSync
  readonly #places: Places
  readonly #statements = new Map<string, StatementSync>()
  readonly #finderOf = new Map<string, { derived: StatementSync; named: StatementSync }>()
  #end: PromiseWithResolvers<void> | undefined
  #open: 'none' | 'read' | 'write' = 'none'
  #openedAt = 0
  #look = 0

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: 10_000 })
    this.#db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000',
    )
    this.#db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT; PRAGMA busy_timeout = 0`)
    const keys: number[] = JSON.parse(String(this.sql(`SELECT body FROM settings WHERE name = 'keys'`).get()?.['body']))
    this.#places = new Places(keys)
  }

  sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#db.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  /** Runs one change: all of it or, when it throws, nothing. Changes of one turn of the event loop share a transaction. */
  change<T>(run: () => T): T {
    this.#begin()
    this.sql('SAVEPOINT one').run()
    try {
      const result = run()
      this.sql('RELEASE one').run()
      return result
    } catch (error) {
      this.#look++
      if (this.#db.isTransaction) {
        this.sql('ROLLBACK TO one').run()
        this.sql('RELEASE one').run()
      }
      throw error
    }
  }

  /** Gives the value once everything that it may rest on is in the file. */
  settled<T>(value: T): T | Promise<T> {
    if (this.#open === 'none') return value
    this.#end ??= Promise.withResolvers<void>()
    return this.#end.promise.then(() => value)
  }

  /** Which look at the file this is: while it stays the same, nobody else's changes show. */
  get look(): number | undefined {
    return this.#open === 'none' ? undefined : this.#look
  }

  /** Lets the reads that follow share one look at the file, which costs more than the reads themselves. */
  read(): void {
    if (this.#open === 'write') return
    const now = performance.now()
    if (this.#open === 'read' && now - this.#openedAt < snapshotMsMax) return
    this.#start('read', 'BEGIN')
    this.#openedAt = now
  }

  #begin(): void {
    if (this.#open !== 'write' || !this.#db.isTransaction) this.#start('write', 'BEGIN IMMEDIATE')
  }

  #start(kind: 'read' | 'write', begin: string): void {
    const wasScheduled = this.#open !== 'none'
    this.flush()
    this.sql(begin).run()
    this.#open = kind
    this.#look++
    if (!wasScheduled) setImmediate(() => this.flush())
  }

  /** Ends the transaction of this turn, and with it the waiting of those whose changes it held. */
  flush(): void {
    if (this.#open === 'none') return
    const end = this.#end
    this.#end = undefined
    this.#open = 'none'
    try {
      this.sql('COMMIT').run()
    } catch (error) {
      if (this.#db.isTransaction) this.sql('ROLLBACK').run()
      end?.reject(error)
      return
    }
    end?.resolve()
  }

  find<B>(space: number, type: string, id: string): Row<B> | undefined {
    const seq = this.#places.seqOf(id)
    const found = (seq !== undefined && this.#finders(type).derived.get(seq, space, id)) || this.#named(space, type, id)
    return found && rowOf(found)
  }

  #named(space: number, type: string, id: string): Record<string, SQLOutputValue> | undefined {
    return this.#finders(type).named.get(space, id)
  }

  /** The type stands in the text, since SQLite would prepare anew for each value of what an index's condition names. */
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

  /** The object whatever became of it: a removed one is still there for those that refer to it. */
  bySeq<B>(seq: number): Row<B> & { isRemoved: boolean } {
    const found = this.sql(`SELECT ${columns}, type FROM objects WHERE seq = ?`).get(seq)
    if (found === undefined) throw new Error(`no object ${seq}`)
    return { ...rowOf<B>(found), isRemoved: String(found['type']).includes('.removed.') }
  }

  /** Keeps a new object under an id of its own, which ends in what tells its place. */
  add<B>(space: number, type: string, idOf: (tail: string) => string, created: number, body: B): Row<B> {
    let seq = Number(this.sql('SELECT max(seq) AS last FROM objects').get()?.['last'] ?? 0) + 1
    let id = idOf(this.#places.tailOf(seq))
    while (this.#named(space, type, id)) id = idOf(this.#places.tailOf(++seq))
    this.#insert(seq, space, type, id, 1, created, body)
    return { seq, id, created, body }
  }

  /** Keeps a new object under the caller's id, unless that is taken. */
  addNamed<B>(space: number, type: string, id: string, created: number, body: B): Row<B> | undefined {
    if (this.find(space, type, id)) return undefined
    const seq = this.#insert(null, space, type, id, 0, created, body)
    return { seq, id, created, body }
  }

  #insert(seq: number | null, space: number, type: string, id: string, derived: 0 | 1, created: number, body: unknown) {
    const text = 'INSERT INTO objects (seq, space, type, id, derived, created, body) VALUES (?, ?, ?, ?, ?, ?, ?)'
    const { lastInsertRowid } = this.sql(text).run(seq, space, type, id, derived, created, JSON.stringify(body))
    return Number(lastInsertRowid)
  }

  save(seq: number, body: unknown): void {
    this.sql('UPDATE objects SET body = ? WHERE seq = ?').run(JSON.stringify(body), seq)
  }

  /** Takes the object out of its type, so that it is neither found nor listed and its id is free. */
  remove(seq: number): void {
    this.sql(`UPDATE objects SET type = type || '.removed.' || seq WHERE seq = ?`).run(seq)
  }

  /** The rows of a query, one by one; the text must be one of few, since each is prepared once and kept. */
  *rows<B>(text: string, values: SQLInputValue[]): Generator<Row<B>> {
    for (const row of this.sql(text).iterate(...values)) yield rowOf(row)
  }

  close(): void {
    if (!this.#db.isOpen) return
    this.flush()
    this.#db.close()
  }
}
