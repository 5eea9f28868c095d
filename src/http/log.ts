import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { hideSecrets } from '../lib/secrets.ts'

export type { Logger } from 'pino'

/** A log of JSON lines in which every secret key is masked. */
export function createLog(level: string, output: DestinationStream): Logger {
  return pino({ level, base: null, serializers: { err: describeError }, hooks: { streamWrite: hideSecrets } }, output)
}

const causesMax = 5

/**
 * An error as message, code and stack, and its cause likewise. Never the whole object: a driver's may hold the parameters of a
 * query, and Stripe's the answer and its headers.
 */
function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: `Not an error: ${typeof error}` }
  const { message, stack, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return {
    message,
    code,
    stack,
    ...(cause instanceof Error && depth < causesMax && { cause: describeError(cause, depth + 1) }),
  }
}

/**
 * The process's log, on standard output. It is buffered, because a write for every request would block all others;
 * `flush` must be called before the process ends.
 */
export function openLog(level: string): { log: Logger; flush: () => void } {
  const output = destination({ dest: 1, sync: false, minLength: 16_000, periodicFlush: 500 })
  return { log: createLog(level, output), flush: () => output.flushSync() }
}
