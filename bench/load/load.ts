import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Job, Result } from './generator.ts'

export type Load = ReturnType<typeof openLoad>

/** Starts the load generator. `run` rejects where a request is refused or a connection breaks. */
export function openLoad() {
  const child = fork(new URL('generator.ts', import.meta.url))
  return {
    async run(job: Job): Promise<Result> {
      child.send(job)
      const [answer] = await once(child, 'message')
      const { result, failure } = answer as { result?: Result; failure?: string }
      if (!result) throw new Error(failure)
      return result
    },
    close: () => child.disconnect(),
  }
}
