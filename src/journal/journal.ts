import { type CompiledQuery, type Insertable, sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { Logger } from '../http/log.ts'
import { doublingMs } from '../lib/doubling.ts'
import { createGroupWriter } from '../lib/group-writer.ts'
import { newId } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import { sleep } from '../lib/sleep.ts'
import { hasNoClearEnd } from './events.ts'

type Row = Insertable<Tables['events']>
/** An event as its author knows it; what is left out is null. */
export type NewEvent = Pick<Row, 'actor' | 'type'> & Partial<Omit<Row, 'seq' | 'id' | 'at' | 'mode'>>

export type Journal = ReturnType<typeof createJournal>

const retryMinMs = 250
const retryMaxMs = 5_000

/** A row with all columns, in the order in which they are written. */
const emptyRow = {
  id: '',
  at: 0,
  mode: 'test',
  actor: 'worker',
  type: '',
  agency_id: null,
  account_id: null,
  key_id: null,
  change_id: null,
  request_id: null,
  address: null,
  idempotency_key: null,
  key_source: null,
  stripe_key: null,
  request_digest: null,
  terms: null,
  terms_digest: null,
  object_id: null,
  outcome: null,
  code: null,
  message: null,
  stripe_request_id: null,
} satisfies Row & Record<Exclude<keyof Row, 'seq'>, unknown>
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- these are its names
const columns = Object.keys(emptyRow) as (keyof typeof emptyRow)[]

/** The append-only record of what was asked of Stripe, by whom, and what came of it. */
export function createJournal(database: Database, { mode, log }: { mode: Mode; log: Logger }) {
  // To build the query anew costs more than to run it.
  const queries = new Map<number, CompiledQuery>()
  const queryFor = (count: number): CompiledQuery => {
    const known = queries.get(count)
    if (known) return known
    const insertion = database.insertInto('events').values(Array.from({ length: count }, () => emptyRow))
    // A write whose answer was lost may have been done: its repetition changes nothing.
    const query = insertion.onConflict((conflict) => conflict.doNothing()).compile()
    queries.set(count, query)
    return query
  }
  const insert = async (rows: Row[]) => {
    // The address of a caller that has hung up is undefined, which SQLite takes for no value.
    const parameters = rows.flatMap((row) => columns.map((column) => row[column] ?? null))
    await database.executeQuery({ ...queryFor(rows.length), parameters })
  }
  const writer = createGroupWriter(insert, isFaultOfRow)
  const closing = new AbortController()
  const unwritten = new Set<Promise<void>>()

  const toRow = (event: NewEvent): Row => {
    // A sentence may repeat what was sent, and PostgreSQL has no text with a NUL in it.
    const message = event.message?.replaceAll('\0', '\ufffd') ?? null
    return { ...event, message, id: newId('evt'), at: Date.now(), mode }
  }

  const writeUntilWritten = async (row: Row) => {
    try {
      await writer.add(row)
    } catch (err) {
      if (isFaultOfRow(err)) {
        log.fatal({ err, event: row }, 'an event is lost to the journal: the database does not take it')
        return
      }
      log.error({ err, event: row }, 'an event could not be written to the journal; it will be tried again')
      // Alone, so that an event which no database takes fails none of its neighbours.
      const isWritten = () =>
        insert([row]).then(
          () => true,
          () => false,
        )
      for (let failures = 1; !(await isWritten()); failures += 1) {
        if (closing.signal.aborted) {
          log.fatal({ event: row }, 'an event is lost to the journal: the process ends')
          return
        }
        await sleep(doublingMs(failures, retryMinMs, retryMaxMs), closing.signal)
      }
    }
  }

  return {
    /** Resolves when the event is on disk; rejects when the database does not take it. */
    async append(event: NewEvent): Promise<void> {
      await writer.add(toRow(event))
    },

    /** Writes the event within a second, and again until it is written, without keeping the caller waiting. */
    appendEventually(event: NewEvent): void {
      const written = writeUntilWritten(toRow(event)).finally(() => unwritten.delete(written))
      unwritten.add(written)
    },

    /** How many events were handed over and are not on disk yet. */
    unwritten: () => unwritten.size,

    /** Resolves when every event that was handed over so far is on disk. */
    async flush(): Promise<void> {
      await Promise.all(unwritten)
    },

    /** Like `flush`, but what the database does not take is tried only once more and then left to the log. */
    async close(): Promise<void> {
      closing.abort()
      await Promise.all(unwritten)
    },

    /**
     * The attempts of the change that this Idempotency-Key stands for, with what became of each: first those of the request
     * with this digest, if any is given; of them, first those that made the change, then those that may have. `outcome` is null
     * where no end is written. `read` is how many attempts were read under the key, of which the oldest may be left out.
     */
    async findAttempts(
      account: { agencyId: string; id: string },
      operation: string,
      idempotencyKey: string,
      requestDigest: string | null = null,
    ) {
      return await database
        .with('starts', (on) =>
          on
            .selectFrom('events')
            .select(['seq', 'change_id', 'request_digest', 'terms'])
            .where('idempotency_key', '=', idempotencyKey)
            .where('type', '=', `${operation}.started`)
            .where('agency_id', '=', account.agencyId)
            .where('account_id', '=', account.id)
            .where('mode', '=', mode)
            .orderBy('seq', 'desc')
            .limit(attemptsReadMax),
        )
        .selectFrom('starts as start')
        .leftJoin('events as end', (join) =>
          join.onRef('end.change_id', '=', 'start.change_id').on('end.type', '=', `${operation}.ended`),
        )
        .leftJoin('events as settled', (join) =>
          join
            .onRef('settled.change_id', '=', 'start.change_id')
            .on('settled.type', '=', `${operation}.settled`)
            .on(hasNoClearEnd),
        )
        .select(['start.change_id as changeId', 'start.request_digest as requestDigest', 'start.terms as terms'])
        .select(({ fn }) => fn.coalesce('settled.outcome', 'end.outcome').as('outcome'))
        .select((is) => is.selectFrom('starts').select(is.fn.countAll().as('count')).as('read'))
        .orderBy(sql`case when ${sql.ref('start.request_digest')} = ${requestDigest} then 0 else 1 end`)
        .orderBy(({ fn }) => {
          const outcome = fn.coalesce('settled.outcome', 'end.outcome')
          return sql`case when ${outcome} in ('applied', 'replayed') then 0 when ${outcome} = 'not_applied' then 2 else 1 end`
        })
        .orderBy('start.seq')
        .limit(attemptsMax)
        .execute()
    },
  }
}

/** Whether PostgreSQL refused a value, and so would refuse it again: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isFaultOfRow(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(22|23|54)/.test(String(error.code))
}

/** A caller that retries for ever must not make each retry dearer than the one before. */
export const attemptsReadMax = 1_000
/** How many attempts are told; whoever is told so many does not know of all. */
export const attemptsMax = 50
