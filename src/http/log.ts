import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { hideSecrets } from '../lib/secrets.ts'

export type { Logger } from 'pino'

/** A log of JSON lines in which every secret key is masked. */
export function createLog(level: string, output: DestinationStream): Logger {
  return pino({ level, base: null, hooks: { streamWrite: hideSecrets } }, output)
}

/**
 * The process's log, on standard output. It is buffered, because a write for every request would block all others;
 * `flush` must be called before the process ends.
 */
export function openLog(level: string): { log: Logger; flush: () => void } {
  const output = destination({ dest: 1, sync: false, minLength: 16_000, periodicFlush: 500 })
  return { log: createLog(level, output), flush: () => output.flushSync() }
}
