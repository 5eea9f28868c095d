import type { QueryResult } from 'kysely'
import { isBusy, type Statement } from './sqlite-statements.ts'
import { errorOf, type StartThread, startThread, type Thread } from './sqlite-thread.ts'
import type { Outcome } from './sqlite-writes.ts'

type Single = { statement: Statement } & PromiseWithResolvers<QueryResult<unknown>>
/** An entry of the queue: a single statement, or a transaction that needs the thread for itself. */
type Turn = Single | ({ statement?: never } & PromiseWithResolvers<void>)

/** Bounds how long one commit delays the next. */
const groupMax = 256

/**
 * The connection that writes, in a thread of its own, so that a lock or an fsync makes the thread wait and not the event
 * loop. Its queue is first come, first served. Single statements that arrive while a commit runs share the next one.
 */
export class SqliteWriter {
  readonly #thread: Thread
  #queue: Turn[] = []
  #isTaken = false

  /** @throws Error with SQLite's `errcode` if the file cannot be opened */
  static async open(path: string, busyTimeoutMs: number, start: StartThread = startThread): Promise<SqliteWriter> {
    const thread = start()
    try {
      await thread.ask({ kind: 'open', path, busyTimeoutMs })
      return new SqliteWriter(thread)
    } catch (error) {
      await thread.stop()
      throw error
    }
  }

  private constructor(thread: Thread) {
    this.#thread = thread
  }

  /** Runs one statement; resolves when it is committed. */
  async run(statement: Statement): Promise<QueryResult<unknown>> {
    const turn = { statement, ...Promise.withResolvers<QueryResult<unknown>>() }
    this.#enqueue(turn)
    return await turn.promise
  }

  /** Begins a transaction. `release` must follow even if the transaction fails: until then the queue waits. */
  async begin(): Promise<void> {
    await this.#take()
    try {
      await this.#thread.ask({ kind: 'begin' })
    } catch (error) {
      this.release()
      this.#rejectIfBusy(error)
      throw error
    }
  }

  async runInTransaction(statement: Statement): Promise<QueryResult<unknown>> {
    const [outcome] = await this.#thread.ask({ kind: 'statement', statement })
    return await resultOf(outcome)
  }

  async end(kind: 'commit' | 'rollback'): Promise<void> {
    await this.#thread.ask({ kind })
  }

  release(): void {
    this.#isTaken = false
    this.#scheduleNext()
  }

  /** Closes the file once the queue is processed, and ends the thread. */
  async close(): Promise<void> {
    // A thread that has died has nothing left to close.
    await this.#take().catch(() => {})
    await this.#thread.ask({ kind: 'close' }).catch(() => {})
    await this.#thread.stop()
  }

  /** How many statements and transactions wait for their turn. */
  get waiting(): number {
    return this.#queue.length
  }

  async #take(): Promise<void> {
    const turn = Promise.withResolvers<void>()
    this.#enqueue(turn)
    await turn.promise
  }

  #enqueue(turn: Turn): void {
    this.#queue.push(turn)
    if (this.#queue.length === 1) this.#scheduleNext()
  }

  /** Statements of one turn of the event loop share a commit, so the queue is processed after the turn. */
  #scheduleNext(): void {
    if (!this.#isTaken) setImmediate(() => this.#next())
  }

  #next(): void {
    if (this.#isTaken) return
    const first = this.#queue[0]
    if (!first) return
    this.#isTaken = true
    if (first.statement) void this.#runGroup()
    else {
      this.#queue.shift()
      first.resolve()
    }
  }

  async #runGroup(): Promise<void> {
    const group: Single[] = []
    for (const turn of this.#queue) {
      if (!turn.statement || group.length === groupMax) break
      group.push(turn)
    }
    this.#queue = this.#queue.slice(group.length)
    try {
      const outcomes = await this.#thread.ask({ kind: 'group', statements: group.map(({ statement }) => statement) })
      for (const [index, turn] of group.entries()) turn.resolve(resultOf(outcomes[index]))
    } catch (error) {
      for (const turn of group) turn.reject(error)
      this.#rejectIfBusy(error)
    }
    this.release()
  }

  /** Statements queued behind a lock have waited as long as the first: otherwise each would wait for it once more in turn. */
  #rejectIfBusy(error: unknown): void {
    if (!isBusy(error)) return
    for (const turn of this.#queue.splice(0)) turn.reject(error)
  }
}

async function resultOf(outcome: Outcome | undefined): Promise<QueryResult<unknown>> {
  if (!outcome) throw new Error('The thread that writes the database gave no answer.')
  if ('error' in outcome) throw errorOf(outcome.error)
  return outcome.result
}
