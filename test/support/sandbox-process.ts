import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { cli } from './process.ts'

/** Starts `chatdash sandbox` with these arguments on a free port and waits until it listens. */
export async function startSandbox(...args: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [cli, 'sandbox', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += String(chunk)
    const url = /http:\/\/[\d.]+:\d+/.exec(output)?.[0]
    if (url !== undefined) resolve(url)
  })
  child.once('exit', () => reject(new Error(`The sandbox ended before it listened: ${output}`)))
  return { child, url: await promise }
}

/** Waits for the end of a process; its exit code, or the signal that ended it. */
export async function exitOf(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode ?? child.signalCode
}
