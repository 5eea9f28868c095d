import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The program, for Node to run. */
export const cli = new URL('../../src/cli/main.ts', import.meta.url).pathname

type Environment = Record<string, string>

/** A folder for one test, removed after it. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-e2e-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs one command of the command line to its end. */
export async function run(args: string[], environment: Environment) {
  return await new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [cli, ...args], { env: clean(environment) }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err })
    })
  })
}

/**
 * Starts `chatdash serve` on a free port and waits until it says that it listens. No file of it can grow beyond
 * `fileBlocksMax` blocks (512 or 1,024 bytes, as the shell has it), which is a full disk to whoever writes.
 */
export async function serve(environment: Environment, fileBlocksMax: number | 'unlimited' = 'unlimited') {
  const limited = ['-c', `ulimit -f ${fileBlocksMax} && exec "$@"`, 'sh', process.execPath, cli, 'serve']
  const child = spawn('sh', limited, { env: clean({ PORT: '0', ...environment }) })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const exited = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /chatdash-server listens on (\S+?),? /.exec(out)?.[1]
      if (found !== undefined) resolve(found)
    })
    void exited.then(() => reject(new Error(`The server ended before it listened: ${err}${out}`)))
  })
  return {
    url,
    output: () => out,
    errors: () => err,
    /** Sends the signal and waits for the end; the exit code, or the signal that ended it. */
    async stop(signal: NodeJS.Signals): Promise<unknown> {
      child.kill(signal)
      const [code, endedBy] = await exited
      return code ?? endedBy
    },
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    exited,
  }
}

/** The test's own environment must not configure the server. */
function clean(environment: Environment): Environment {
  return { PATH: process.env['PATH'] ?? '', ...environment }
}
