import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { sqliteCode } from './errors.ts'
import type { Answer, Failure, Outcome, Work } from './sqlite-writes.ts'

export type Thread = ReturnType<typeof startThread>
export type StartThread = () => Thread

/** Starts the thread that writes. It keeps the process alive only while an answer is outstanding. */
export function startThread() {
  // A thread shares the cache of compiled code only by the variable.
  const cache = getCompileCacheDir()
  const worker = new Worker(new URL('./sqlite-writer-thread.js', import.meta.url), {
    // A thread inherits Node's own arguments, and does not start with some of them.
    execArgv: [],
    ...(cache !== undefined && { env: { NODE_COMPILE_CACHE: dirname(cache) } }),
  })
  const waiting: PromiseWithResolvers<Outcome[]>[] = []
  let ended: Error | undefined
  worker.unref()

  const end = (cause?: unknown) => {
    ended ??= Object.assign(new Error('The thread that writes the database has ended.', { cause }), {
      code: sqliteCode,
    })
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  worker.on('error', end)
  worker.on('exit', () => end())
  worker.on('message', (answer: Answer) => {
    const first = waiting.shift()
    if (waiting.length === 0) worker.unref()
    if ('error' in answer) first?.reject(errorOf(answer.error))
    else first?.resolve(answer.outcomes)
  })

  return {
    /**
     * Has the thread do one piece of work, after those asked for before.
     * @throws Error with SQLite's `errcode` if all of it failed, or without if the thread has ended
     */
    async ask(work: Work): Promise<Outcome[]> {
      if (ended) throw ended
      const answer = Promise.withResolvers<Outcome[]>()
      waiting.push(answer)
      worker.ref()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(work)
      return await answer.promise
    },

    async stop(): Promise<void> {
      await worker.terminate()
    },
  }
}

/** The error as it was in the thread. */
export function errorOf(failure: Failure): Error {
  return Object.assign(new Error(failure.message), failure)
}
