import { type Clock, monotonicClock } from '../lib/clock.ts'
import { doublingMs } from '../lib/doubling.ts'
import { connectionLost, isNetworkError } from './errors.ts'
import { isBusy } from './sqlite-statements.ts'

const waitMaxMs = 60_000
const delayMinMs = 250
const delayMaxMs = 5_000

/**
 * Tries to open the database until it succeeds, for a minute: where everything starts together, the database may come last.
 * `onWaiting` is called for every failure after which it tries again.
 * @throws Error at once if waiting cannot cure it, such as a wrong password, or a sentence with the reason after the minute
 */
export async function waitForDatabase(
  open: () => Promise<void>,
  onWaiting: (error: Error, tries: number) => void,
  clock: Clock = monotonicClock,
): Promise<void> {
  const giveUpAt = clock.now() + waitMaxMs
  for (let tries = 1; ; tries += 1) {
    const delayMs = doublingMs(tries, delayMinMs, delayMaxMs)
    try {
      return await open()
    } catch (error) {
      const reason = transientReason(error)
      if (!reason) throw error
      if (clock.now() + delayMs > giveUpAt) {
        throw new Error(`The database did not answer within a minute: ${reason.message}`, { cause: error })
      }
      onWaiting(reason, tries)
    }
    await clock.sleep(delayMs)
  }
}

/**
 * PostgreSQL's codes of a server that is starting, stopping, full of connections or not yet promoted:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const postgresCodes = new Set(['08000', '08003', '08006', '25006', '53300', '57P01', '57P02', '57P03'])

/** The first transient error among this one and its causes. */
function transientReason(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? String(error.code) : ''
  const isTransient =
    isNetworkError(error) || postgresCodes.has(code) || connectionLost.test(error.message) || isBusy(error)
  if (!isTransient) return transientReason(error.cause)
  // A host with several addresses fails with one error for each and no message of its own.
  return error instanceof AggregateError ? (transientReason(error.errors[0]) ?? error) : error
}
