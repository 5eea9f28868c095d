import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startServer } from '../../src/main.ts'
import { newFolder } from '../support/process.ts'

const configOf = (more: Record<string, string> = {}) =>
  readConfig({ DATA_DIR: newFolder(), PORT: '0', LOG_LEVEL: 'silent', ...more })
const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)])

test('a server that was started and closed leaves no listener on the process', async () => {
  const startAndClose = async () => expect(await (await startServer(configOf()))?.close()).toBe(true)
  // Some libraries listen once, when they are first used.
  await startAndClose()
  const before = listeners()
  for (let time = 0; time < 3; time += 1) await startAndClose()
  expect(listeners()).toEqual(before)
})

test('a start that was stopped before it began serves nothing', async () => {
  expect(await startServer(configOf(), AbortSignal.abort())).toBeUndefined()
})

test('localhost is one address, so that every connection is known when the server closes', async () => {
  const server = await startServer(configOf({ HOST: 'localhost' }))
  const { port } = new URL(server?.url ?? '')
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  await expect(fetch(`http://[::1]:${port}/healthz`)).rejects.toThrow()
  expect(await server?.close()).toBe(true)
})
