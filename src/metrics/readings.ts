import { Gauge, type Registry } from 'prom-client'
import { type Backlog, backlogStates, readBacklog } from '../bulk-codes/backlog.ts'
import type { Database } from '../database/database.ts'
import { loadOf } from '../database/load.ts'
import type { Mode } from '../lib/mode.ts'
import { within } from '../lib/within.ts'

/** What is read at a scrape. */
export type Sources = {
  database: Database
  journal: { unwritten(): number }
  upkeep: { state(): { succeededAt: ReadonlyMap<string, number>; unsettled: number } }
  /** Undefined without REDIS_URL. */
  redis: { state(): { isUp: boolean } } | undefined
}

/** A database that does not answer must not keep the scraper waiting beyond its own ten seconds. */
const readMsMax = 5_000

/** Returns what reads the gauges that nobody counts. */
export function createReadings(registry: Registry, mode: Mode, { database, journal, upkeep, redis }: Sources) {
  const gauge = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name: `chatdash_${name}`, help, labelNames, registers: [registry] })

  const databaseUp = gauge('database_up', 'Whether the database has answered this scrape.')
  const waiting = gauge('database_waiting', 'What waits for a connection, or for the thread that writes SQLite.')
  const connections = gauge('database_connections', 'Connections to PostgreSQL; none with SQLite.', 'state')
  const jobs = gauge('bulk_jobs', 'Unfinished bulk jobs of all processes.', 'state')
  const codes = gauge('bulk_codes_pending', 'Codes of unfinished bulk jobs that are still to be made.', 'state')
  const oldest = gauge(
    'bulk_oldest_job_age_seconds',
    'Since when the oldest job of the state has been accepted.',
    'state',
  )
  const unwritten = gauge('journal_unwritten', 'Ends of changes that were handed over and are not on disk yet.')
  const unsettled = gauge('journal_unsettled', 'Changes without a clear answer about which Stripe could not be asked.')
  const succeeded = gauge(
    'journal_last_success_timestamp_seconds',
    'When the task last succeeded or, before that, the process was started.',
    'task',
  )
  const redisUp = redis && gauge('redis_up', 'Whether the limits are shared through Redis at the moment.')

  const showBacklog = (backlog: Backlog[] | undefined) => {
    databaseUp.set(backlog ? 1 : 0)
    for (const each of [jobs, codes, oldest]) each.reset()
    if (!backlog) return
    for (const state of backlogStates) {
      const found = backlog.find((row) => row.state === state)
      jobs.set({ state }, found?.jobs ?? 0)
      codes.set({ state }, found?.codes ?? 0)
      oldest.set({ state }, found ? Math.max(0, Date.now() - found.oldestAt) / 1_000 : 0)
    }
  }

  return async (): Promise<void> => {
    let backlog: Backlog[] | undefined
    const reading = readBacklog(database, mode).then((rows) => (backlog = rows))
    await within(readMsMax, reading).catch(() => false)
    showBacklog(backlog)

    const load = loadOf(database)
    waiting.set(load.waiting)
    for (const [state, count] of Object.entries(load.connections ?? {})) connections.set({ state }, count)
    unwritten.set(journal.unwritten())
    const kept = upkeep.state()
    unsettled.set(kept.unsettled)
    for (const [task, at] of kept.succeededAt) succeeded.set({ task }, at / 1_000)
    redisUp?.set(redis?.state().isUp === true ? 1 : 0)
  }
}
