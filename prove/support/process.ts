import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const cli = new URL('../../src/cli/chatdash.js', import.meta.url).pathname

/** Compiled code that all processes share: one that is killed could not keep its own. */
const compileCache = join(tmpdir(), `chatdash-prove-${process.pid}`)
process.once('exit', () => rmSync(compileCache, { recursive: true, force: true }))

/** Starts `chatdash serve`, or another command, in a process of its own that does not outlive this one. */
export function startProcess(environment: Record<string, string>, args = ['serve'], nodeArgs: string[] = []) {
  const own = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, PORT: '0', LOG_LEVEL: 'silent' }
  const child = spawn(process.execPath, [...nodeArgs, cli, ...args], { env: { ...own, ...environment } })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'exit').finally(() => process.off('exit', kill))
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const url = /listens on (\S+?),? /.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    })
  }
  void exited.then(() => reject(new Error(`The process ended: ${output}`)))
  listening.catch(() => {})
  return {
    /** The server's URL; rejects where the process ends before it listens. */
    listening,
    output: () => output,
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
    /** Sends the signal and waits for the end; the exit code, or null where a signal ended it. */
    async end(signal?: NodeJS.Signals): Promise<number | null> {
      if (signal) child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}
