import type { Database } from '../database/database.ts'
import type { Logger } from '../http/log.ts'
import type { Clock } from '../lib/clock.ts'
import { createFairChoice, type Task } from './fair-choice.ts'
import { type Lease, LeaseLost, type Leases } from './leases.ts'

export type Turn = {
  /** Aborts when the lease is lost or the process stops. */
  signal: AbortSignal
  /** True if nothing more may be begun: the process stops, the lease is lost, or the time is up while other tasks wait. */
  isOver(): boolean
  /** Runs a transaction that commits only while the lease is held. @throws LeaseLost */
  write<T>(work: (transaction: Database) => Promise<T>): Promise<T>
}

/** The work of a worker: `find` lists the waiting tasks, oldest first; `run` does one turn of a task. */
type Work<T extends Task> = {
  find(): Promise<T[]>
  run(task: T, turn: Turn): Promise<void>
}

type Dependencies<T extends Task> = {
  work: Work<T>
  leases: Leases
  log: Logger
  clock: Clock
  /** How many tasks run at once. */
  slots?: number
  /** Milliseconds between two searches for work. */
  searchEveryMs?: number
}

export type Worker = { start(): void; stop(): Promise<void> }

const slotsDefault = 20
const searchEveryDefaultMs = 500
/** Three renewals fit into the lease time, so that a single late one does not lose the lease. */
const renewEveryMs = 1_500
/** How long a task may keep its slot while others wait for one. */
const turnMs = 5_000
/** Milliseconds before the next search after the database failed. */
const searchAgainMs = 5_000

/**
 * Runs the waiting tasks, several at once, each under its lease. Every process may have a worker: they share the tasks, and
 * another one takes over those of a process that died.
 */
export function createWorker<T extends Task>(dependencies: Dependencies<T>): Worker {
  const { work, leases, log, clock, slots = slotsDefault, searchEveryMs = searchEveryDefaultMs } = dependencies
  const stopping = new AbortController()
  const busy = new Map<string, { task: T; done: Promise<void> }>()
  const fair = createFairChoice()
  let wakeUp = new AbortController()
  let isCrowded = false
  let running = Promise.resolve()

  const runTurn = async (task: T, lease: Lease) => {
    const ended = new AbortController()
    const lost = new AbortController()
    const startedAt = clock.now()
    const keepRenewing = async () => {
      while (!ended.signal.aborted && !lost.signal.aborted) {
        await clock.sleep(renewEveryMs, ended.signal)
        if (!ended.signal.aborted) await leases.renew(lease).catch(() => lost.abort())
      }
    }
    const renewing = keepRenewing()
    const signal = AbortSignal.any([stopping.signal, lost.signal])
    try {
      await work.run(task, {
        signal,
        isOver: () => signal.aborted || (isCrowded && clock.now() - startedAt >= turnMs),
        write: (write) => leases.write(lease, write),
      })
      await leases.release(lease)
    } finally {
      ended.abort()
      await renewing
    }
  }

  const begin = (task: T, lease: Lease) => {
    const done = runTurn(task, lease)
      .catch((err: unknown) => {
        // The lease is kept, so that this task is left alone for the lease time before it is tried again.
        if (err instanceof LeaseLost) log.warn({ lease: lease.name }, 'another process has taken over the work')
        else log.error({ err, lease: lease.name }, 'the work was interrupted')
      })
      .finally(() => {
        busy.delete(task.lease)
        wakeUp.abort()
      })
    busy.set(task.lease, { task, done })
  }

  const search = async () => {
    await leases.observe()
    const found = await work.find()
    fair.keepOnly([...found, ...Array.from(busy.values(), ({ task }) => task)])
    // A task that is busy here looks free once its lease could not be renewed for the lease time.
    const waiting = new Set(found.filter(({ lease }) => leases.isFree(lease) && !busy.has(lease)))
    while (busy.size < slots) {
      const task = fair.choose(waiting)
      if (!task) break
      waiting.delete(task)
      // Two tasks have one lease where an account with an unfinished job moved to another agency.
      if (busy.has(task.lease)) continue
      const lease = await leases.take(task.lease)
      if (!lease) continue
      fair.served(task)
      begin(task, lease)
    }
    isCrowded = waiting.size > 0
  }

  const searchUntilStopped = async () => {
    while (!stopping.signal.aborted) {
      wakeUp = new AbortController()
      let hasFailed = false
      await search().catch((err: unknown) => {
        log.warn({ err }, 'the database does not answer the worker')
        hasFailed = true
      })
      const signal = hasFailed ? stopping.signal : AbortSignal.any([stopping.signal, wakeUp.signal])
      await clock.sleep(hasFailed ? searchAgainMs : searchEveryMs, signal)
    }
  }

  return {
    start() {
      running = searchUntilStopped()
    },

    /** Begins nothing more; resolves when what is in flight has ended and is written and the leases are released. */
    async stop() {
      stopping.abort()
      await running
      await Promise.all(Array.from(busy.values(), ({ done }) => done))
    },
  }
}
