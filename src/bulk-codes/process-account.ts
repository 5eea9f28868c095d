import type { Logger } from '../http/log.ts'
import { createSharedBackoff } from '../jobs/backoff.ts'
import { createPool } from '../jobs/pool.ts'
import { createThrottle } from '../jobs/throttle.ts'
import type { Turn } from '../jobs/worker.ts'
import type { Clock } from '../lib/clock.ts'
import { createGroupWriter } from '../lib/group-writer.ts'
import type { JobCheck } from './check-job.ts'
import type { MakeCode } from './make-code.ts'
import { type Failure, givenUp, type Outcome, refused } from './outcome.ts'
import { type DueTimes, openQueue } from './queue.ts'
import type { AccountTask, BegunCode, Job } from './rows.ts'
import type { BulkWork, Result } from './work.ts'

type Dependencies = {
  work: BulkWork
  checkJob: (job: Job) => Promise<JobCheck>
  makeCode: MakeCode
  log: Logger
  clock: Clock
  codesPerSecond: number
}

/** With the backoff between them, so many tries take some ten minutes. */
const triesMax = 25
/** Enough for the throttle at Stripe's usual half second a call, and few enough to be no burden when it is slow. */
const inFlightMax = 16
/** The longest wait before a turn checks whether it is over. */
const waitMaxMs = 500

/** Returns the work of one turn: creates the codes of an account's jobs, evenly spaced, until none is left or the turn is over. */
export function createProcessAccount(dependencies: Dependencies): (task: AccountTask, turn: Turn) => Promise<void> {
  const { work, checkJob, makeCode, log, clock, codesPerSecond } = dependencies
  /** Of the last turn of each account on which codes were left waiting. */
  const dueTimes = new Map<string, DueTimes>()

  return async (task, turn) => {
    await work.finishEmpty(turn, task)
    const turnOf = `${task.group} ${task.accountId}`
    const queue = await openQueue({ work, turn, task, clock, dueBefore: dueTimes.get(turnOf) ?? new Map() })
    const throttle = createThrottle(codesPerSecond, clock)
    const rateLimit = createSharedBackoff(clock)
    const pool = createPool(inFlightMax)
    const results = createGroupWriter<Result>((group) => work.settle(turn, group))
    /** The jobs that may not go on, by id: the failure of all their remaining codes, or that they are frozen. */
    const stopped = new Map<string, Failure | 'paused'>()

    const settle = async (code: BegunCode, outcome: Outcome) => {
      switch (outcome.kind) {
        case 'created':
          rateLimit.succeed()
          return await results.add({ code, outcome })
        case 'failed':
        case 'canceled':
          return await results.add({ code, outcome })
        case 'fatalError':
          stopped.set(code.job.id, outcome.failure)
          return await results.add({
            code,
            outcome: { kind: 'failed', failure: refused(outcome.failure, code.attempts) },
          })
        case 'stopped':
          return queue.putBack(code)
        case 'transientError': {
          const { error, isKeySpent } = outcome
          if (error.code === 'rate_limited') rateLimit.fail()
          if (error.code === 'internal')
            log.error({ err: error.cause, job: code.job.id }, 'a try of a bulk code failed')
          if (code.attempts >= triesMax) {
            return await results.add({ code, outcome: { kind: 'failed', failure: givenUp(error.code, code.attempts) } })
          }
          if (isKeySpent) await results.add({ code, outcome })
          return queue.retryLater(isKeySpent ? { ...code, keysSpent: code.keysSpent + 1 } : code)
        }
      }
    }

    const send = async (code: BegunCode) => {
      const check = await checkJob(code.job)
      if (check === 'paused' || 'failure' in check) {
        stopped.set(code.job.id, check === 'paused' ? check : check.failure)
        queue.putBack(code)
      } else {
        // Read for each code: the check may be older than a cancel that has been answered since.
        const isCanceled = await work.isCanceled(code.job.id)
        await settle(code, await makeCode(code, { ...check, isCanceled }))
      }
    }

    const stop = async (jobId: string, why: Failure | 'paused') => {
      // Which codes remain is known only once those in flight have ended.
      await pool.allEnd()
      await work.giveBack(turn, queue.drop(jobId))
      if (why !== 'paused') await work.failRest(turn, jobId, why)
      stopped.delete(jobId)
    }

    const wait = async (ms: number) => {
      await Promise.race([clock.sleep(Math.min(ms, waitMaxMs), turn.signal), pool.oneEnds()])
    }

    const isOver = () => turn.isOver() || pool.hasFailed()
    const processCodes = async () => {
      while (!isOver()) {
        const [toStop] = stopped
        if (toStop) {
          await stop(...toStop)
        } else if (rateLimit.msLeft() > 0) {
          await wait(rateLimit.msLeft())
        } else if (pool.isFull()) {
          await wait(waitMaxMs)
        } else {
          const code = await queue.next()
          if (code) {
            await throttle(turn.signal)
            if (isOver() || stopped.has(code.job.id)) queue.putBack(code)
            else pool.start(() => send(code))
          } else if (stopped.size === 0) {
            const dueInMs = queue.dueInMs()
            if (pool.isEmpty() && dueInMs === undefined) return
            await wait(dueInMs ?? waitMaxMs)
          }
        }
      }
    }

    try {
      await processCodes()
    } finally {
      await pool.allEnd()
      const left = queue.dueTimes()
      if (left.size > 0) dueTimes.set(turnOf, left)
      else dueTimes.delete(turnOf)
    }
    pool.throwFailure()
    await work.giveBack(turn, queue.drop())
  }
}
