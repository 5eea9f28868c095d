import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type Running = { url: string; pid: number; stop(): Promise<void> }

const pollMs = 2
/** A line for people: those of the log are JSON, and come before the server has printed its demo key. */
const ready = /^(?:[\w -]+ on )?(http:\/\/127\.0\.0\.1:\d+)/m
const folders = new Set<string>()
const children = new Set<ReturnType<typeof spawn>>()
// Whatever ends the benchmark, nothing that it started is left.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A new folder, removed at the end of the benchmark. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-bench-'))
  folders.add(folder)
  return folder
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  folders.delete(folder)
}

/**
 * Runs Node with these arguments and waits until it prints its URL. Its output goes to a file: a pipe would cost this process time that the
 * server under test needs.
 */
export async function start(args: string[], environment: Record<string, string> = {}): Promise<Running> {
  const folder = newFolder()
  const output = openSync(join(folder, 'output'), 'a+')
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  children.add(child)
  const printed = () => readFileSync(join(folder, 'output'), 'utf8')
  let url: string | undefined
  while (url === undefined) {
    await sleep(pollMs)
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`${args.join(' ')} ended:\n${printed()}`)
    url = ready.exec(printed())?.[1]
  }
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      children.delete(child)
      removeFolder(folder)
    },
  }
}
