import { backoffMs } from '../jobs/backoff.ts'
import type { Turn } from '../jobs/worker.ts'
import type { Clock } from '../lib/clock.ts'
import type { AccountTask, BegunCode } from './rows.ts'
import type { BulkWork } from './work.ts'

/** When codes whose last try failed are due, in milliseconds of the process's clock. */
export type DueTimes = ReadonlyMap<string, number>

type Dependencies = { work: BulkWork; turn: Turn; task: AccountTask; clock: Clock; dueBefore: DueTimes }

/** How many codes are begun in one commit. */
const begunTogether = 20
/** Milliseconds until the database is asked again after it had no new code. */
const askAgainMs = 500

/**
 * The codes of an account that may be sent now: those whose backoff is over, then new ones, the oldest job's first. `dueBefore` is what
 * `dueTimes` told of the account's last turn, so that a code's backoff goes on where the turn ended.
 */
export async function openQueue({ work, turn, task, clock, dueBefore }: Dependencies) {
  let fresh: BegunCode[] = []
  let waiting: { code: BegunCode; dueAt: number }[] = []
  let noneFreshUntil = -Infinity

  /** Defers a code until its backoff is over. */
  const retryLater = (code: BegunCode) => {
    waiting.push({ code, dueAt: dueBefore.get(keyOf(code)) ?? clock.now() + backoffMs(code.attempts) })
  }
  for (const code of await work.begunBefore(task)) retryLater(code)

  return {
    retryLater,

    /** The next code to send; undefined where there is none now. */
    async next(): Promise<BegunCode | undefined> {
      const due = waiting.find(({ dueAt }) => dueAt <= clock.now())
      if (due) {
        waiting = waiting.filter((other) => other !== due)
        return await work.beginAgain(turn, due.code)
      }
      if (fresh.length === 0 && clock.now() >= noneFreshUntil) {
        const begun = await work.begin(turn, task, begunTogether)
        if (begun.length === 0) noneFreshUntil = clock.now() + askAgainMs
        fresh.push(...begun)
      }
      return fresh.shift()
    },

    /** Milliseconds until the next backoff is over; undefined where no code waits. */
    dueInMs(): number | undefined {
      if (waiting.length === 0) return undefined
      const dueAt = waiting.reduce((earliest, code) => Math.min(earliest, code.dueAt), Infinity)
      return Math.max(0, dueAt - clock.now())
    },

    dueTimes: (): DueTimes => new Map(waiting.map(({ code, dueAt }) => [keyOf(code), dueAt])),

    putBack(code: BegunCode): void {
      fresh.unshift(code)
    },

    /** Removes the codes of a job, or of all jobs; returns those that were begun but not sent. */
    drop(jobId?: string): BegunCode[] {
      const isDropped = ({ job }: BegunCode) => jobId === undefined || job.id === jobId
      const dropped = fresh.filter(isDropped)
      fresh = fresh.filter((code) => !isDropped(code))
      waiting = waiting.filter(({ code }) => !isDropped(code))
      return dropped
    },
  }
}

/** A try of a code. */
function keyOf({ job, position, attempts }: BegunCode): string {
  return `${job.id}/${position}/${attempts}`
}
