import { setTimeout as wait } from 'node:timers/promises'

/** Waits so many milliseconds; resolves earlier if the signal aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal && { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error
  })
}
