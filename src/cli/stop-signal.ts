import { once } from 'node:events'

const stop = new AbortController()

/** Aborts when the process is asked to stop. */
export const stopRequested: AbortSignal = stop.signal

/** From now on SIGTERM and SIGINT ask for an orderly end; asked a second time, the process stops at once. */
export function catchStopSignals(): void {
  const ask = () => {
    if (stop.signal.aborted) process.exit(1)
    stop.abort()
  }
  process.on('SIGTERM', ask).on('SIGINT', ask)
}

/** Resolves when the process is asked to stop, or was before. */
export async function stopSignal(): Promise<void> {
  if (!stop.signal.aborted) await once(stop.signal, 'abort')
}
