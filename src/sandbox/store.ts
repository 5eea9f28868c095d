import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'

/** One kept object: `seq` orders creation and is never used twice, `space` is one account in one mode. */
export type Row<B> = { seq: number; id: string; created: number; body: B }

const schema = `
  CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY, space INTEGER NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
    created INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS objects_id ON objects (space, type, id);
  CREATE INDEX IF NOT EXISTS objects_newest ON objects (space, type, created);
  CREATE INDEX IF NOT EXISTS codes_code ON objects (space, lower(body ->> 'code'), created) WHERE type = 'promotion_code';
  CREATE INDEX IF NOT EXISTS codes_coupon ON objects (space, body ->> 'couponSeq', created) WHERE type = 'promotion_code';
  CREATE INDEX IF NOT EXISTS codes_customer ON objects (space, body ->> 'customer', created) WHERE type = 'promotion_code';
  CREATE INDEX IF NOT EXISTS discounts_customer ON objects (space, body ->> 'customer') WHERE type = 'discount';
  CREATE TABLE IF NOT EXISTS kept_answers (
    seq INTEGER PRIMARY KEY, space INTEGER NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL,
    fingerprint TEXT NOT NULL, status INTEGER NOT NULL, request_id TEXT NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS kept_answers_key ON kept_answers (space, key);
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
`

function rowOf<B>(found: Record<string, SQLOutputValue>): Row<B> {
  const body: B = JSON.parse(String(found['body']))
  return { seq: Number(found['seq']), id: String(found['id']), created: Number(found['created']), body }
}

/** The sandbox's state in one SQLite file, which several processes may hold open; nothing is remembered outside of it. */
export class Store {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #waiting: { settle: () => void; fail: (error: unknown) => void }[] = []
  #isOpen = false

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: 10_000 })
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536')
    this.#db.exec(`BEGIN IMMEDIATE; ${schema}; COMMIT`)
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
      if (this.#db.isTransaction) {
        this.sql('ROLLBACK TO one').run()
        this.sql('RELEASE one').run()
      }
      throw error
    }
  }

  /** Gives the value once everything that it may rest on is in the file. */
  settled<T>(value: T): T | Promise<T> {
    if (!this.#isOpen) return value
    return new Promise((resolve, reject) => {
      this.#waiting.push({ settle: () => resolve(value), fail: reject })
    })
  }

  #begin(): void {
    if (this.#isOpen && this.#db.isTransaction) return
    this.flush()
    this.sql('BEGIN IMMEDIATE').run()
    this.#isOpen = true
    setImmediate(() => this.flush())
  }

  flush(): void {
    if (!this.#isOpen) return
    const waiting = this.#waiting
    this.#waiting = []
    this.#isOpen = false
    try {
      this.sql('COMMIT').run()
    } catch (error) {
      if (this.#db.isTransaction) this.sql('ROLLBACK').run()
      for (const one of waiting) one.fail(error)
      return
    }
    for (const one of waiting) one.settle()
  }

  find<B>(space: number, type: string, id: string): Row<B> | undefined {
    const row = this.sql('SELECT seq, id, created, body FROM objects WHERE space = ? AND type = ? AND id = ?')
    const found = row.get(space, type, id)
    return found && rowOf(found)
  }

  /** The object whatever became of it: a removed one is still there for those that refer to it. */
  bySeq<B>(seq: number): Row<B> & { isRemoved: boolean } {
    const found = this.sql('SELECT seq, id, created, type, body FROM objects WHERE seq = ?').get(seq)
    if (found === undefined) throw new Error(`no object ${seq}`)
    return { ...rowOf<B>(found), isRemoved: String(found['type']).includes('.removed.') }
  }

  /** Keeps a new object, unless its id is taken. */
  insert<B>(space: number, type: string, id: string, created: number, body: B): Row<B> | undefined {
    const result = this.sql(
      'INSERT INTO objects (space, type, id, created, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ).run(space, type, id, created, JSON.stringify(body))
    return result.changes === 0 ? undefined : { seq: Number(result.lastInsertRowid), id, created, body }
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
    this.flush()
    this.#db.close()
  }
}
