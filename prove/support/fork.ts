import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Options } from '../../test/support/server.ts'
import type { Commands } from './forked-server.ts'

type Reply = { id: number; result?: unknown; error?: string }

/** Runs a module of this folder in a process of its own, whose commands can be called; `argument` reaches it as JSON. */
export function forkModule<C extends Record<string, (...args: never[]) => unknown>>(file: string, argument: object) {
  const path = new URL(file, import.meta.url)
  const child = fork(path, [JSON.stringify(argument)], { execArgv: ['--expose-gc'] })
  const pending = new Map<number, PromiseWithResolvers<unknown>>()
  let count = 0
  child.on('message', ({ id, result, error }: Reply) => {
    const call = pending.get(id)
    pending.delete(id)
    if (error === undefined) call?.resolve(result)
    else call?.reject(new Error(error))
  })
  const exited = once(child, 'exit').then(([code, signal]) => {
    for (const call of pending.values()) call.reject(new Error(`The process ended with ${String(code ?? signal)}.`))
  })
  const send = (name: string, args: unknown[]) => {
    count += 1
    const call = Promise.withResolvers<unknown>()
    pending.set(count, call)
    if (!child.send({ id: count, name, args })) call.reject(new Error('The process has ended.'))
    return call.promise
  }
  return {
    call: async <N extends keyof C & string>(name: N, ...args: Parameters<C[N]>) =>
      (await send(name, args)) as Awaited<ReturnType<C[N]>>,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async close() {
      await send('close', []).catch(() => {})
      await exited
    },
  }
}

export type ForkedServer = Awaited<ReturnType<typeof forkServer>>

/** A test server in a process of its own: its memory and its event loop are nobody else's. */
export async function forkServer(options: Options & { stripe?: string } = {}) {
  const server = forkModule<Commands>('./forked-server.ts', options)
  const { url, tenant } = await server.call('open')
  return { ...server, url, tenant }
}
