import { destination, type Logger, pino } from 'pino'
import { hideSecrets } from '../lib/secrets.ts'

export type { Logger } from 'pino'

/**
 * The process's log: JSON lines on standard output, buffered because a synchronous line a request costs more than the
 * rest of the server (`npm run bench -- server` shows it). `flush` must be called before the process ends.
 */
export function openLog(level: string): { log: Logger; flush: () => void } {
  const output = destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 500 })
  const log = pino({ level, base: null, hooks: { streamWrite: hideSecrets } }, output)
  return { log, flush: () => output.flushSync() }
}
