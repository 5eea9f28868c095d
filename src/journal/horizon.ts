import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { isPostgres } from '../database/migrate.ts'

/** How often, and how long apart, transactions that still write are given time to end. */
const triesMax = 10
const waitMs = 50

/**
 * The `seq` up to which no more events will appear; undefined where that cannot be said yet. PostgreSQL gives out `seq`
 * before the commit, so that an event may become visible after one with a higher `seq`. Every writer holds a lock on the
 * table before it is given a `seq`: once those that hold one now are gone, what was given out until now is decided.
 */
export async function safeHorizon(database: Database): Promise<number | undefined> {
  if (!isPostgres(database)) {
    // SQLite has one writer at a time, so that events become visible in the order of `seq`.
    const row = await database
      .selectFrom('events')
      .select(({ fn }) => fn.max('seq').as('seq'))
      .executeTakeFirst()
    return row?.seq ?? undefined
  }
  const { rows } = await sql<{ seq: number | null }>`
    select pg_sequence_last_value(pg_get_serial_sequence('events', 'seq')::regclass) as seq`.execute(database)
  const seq = rows[0]?.seq ?? undefined
  let running = await writers(database)
  for (let tries = 1; running.length > 0; tries += 1) {
    if (tries > triesMax) return undefined
    await wait(waitMs)
    const now = new Set(await writers(database))
    running = running.filter((transaction) => now.has(transaction))
  }
  return seq
}

/** The transactions that write, or have written, to the journal and are not at their end. */
async function writers(database: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select virtualtransaction as id from pg_locks
    where relation = 'events'::regclass and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())`.execute(database)
  return rows.map(({ id }) => id)
}
