import { setTimeout as sleep } from 'node:timers/promises'

/** True if SQLite failed because another connection holds the file's lock (SQLITE_BUSY). */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}

/**
 * Runs `run`, retrying for ten seconds while another connection holds the file's lock. SQLite's own busy timeout would
 * block the event loop, and with it any sandbox of this process that holds the lock.
 */
export function retryWhileBusy<T>(run: () => T): T | Promise<T> {
  try {
    return run()
  } catch (error) {
    if (!isBusy(error)) throw error
    return keepRetrying(run)
  }
}

async function keepRetrying<T>(run: () => T): Promise<T> {
  const until = performance.now() + 10_000
  for (;;) {
    await sleep(1 + Math.random() * 3)
    try {
      return run()
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error
    }
  }
}
