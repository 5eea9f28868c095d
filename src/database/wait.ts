import { setTimeout as wait } from 'node:timers/promises'
import { isBusy } from './sqlite-statements.ts'

const waitMaxMs = 60_000
const pauseMinMs = 250
const pauseMaxMs = 5_000

/** A monotonic clock, in milliseconds. */
type Clock = { now(): number; sleep(ms: number): Promise<unknown> }

const realClock: Clock = { now: () => performance.now(), sleep: wait }

/**
 * Tries to open the database until it succeeds, for a minute: where everything starts together, the database may come last.
 * `onWaiting` is told of every failure that another try follows.
 * @throws Error at once if waiting cannot cure it, such as a wrong password, or a sentence with the reason after the minute
 */
export async function waitForDatabase(
  open: () => Promise<void>,
  onWaiting: (error: Error, tries: number) => void,
  clock: Clock = realClock,
): Promise<void> {
  const giveUpAt = clock.now() + waitMaxMs
  for (let tries = 1, pauseMs = pauseMinMs; ; tries += 1, pauseMs = Math.min(pauseMs * 2, pauseMaxMs)) {
    try {
      return await open()
    } catch (error) {
      const reason = passingReason(error)
      if (!reason) throw error
      if (clock.now() + pauseMs > giveUpAt) {
        throw new Error(`The database did not answer within a minute: ${reason.message}`, { cause: error })
      }
      onWaiting(reason, tries)
    }
    await clock.sleep(pauseMs)
  }
}

/** Node's codes of a host that is not reached. A name may be unknown until its container starts. */
const networkCodes = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

/**
 * PostgreSQL's codes of a server that is starting, stopping, full of connections or not yet promoted:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const postgresCodes = new Set(['08000', '08003', '08006', '25006', '53300', '57P01', '57P02', '57P03'])

/** What pg says without a code. */
const connectionLost = /^(Connection terminated|timeout exceeded when trying to connect|timeout expired)/

/** The error among this one and its causes that may pass by itself. */
function passingReason(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? String(error.code) : ''
  const mayPass =
    networkCodes.has(code) || postgresCodes.has(code) || connectionLost.test(error.message) || isBusy(error)
  if (!mayPass) return passingReason(error.cause)
  // A host with several addresses fails with one error for each and no message of its own.
  return error instanceof AggregateError ? (passingReason(error.errors[0]) ?? error) : error
}
