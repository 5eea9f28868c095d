import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { serveSandbox } from '../../src/sandbox/server.ts'
import { newFolder } from '../support/process.ts'
import { exitOf, startSandbox } from '../support/sandbox-process.ts'
import { schemaViolation } from '../support/sandbox-schemas.ts'

const authorization = 'Bearer sk_test_sandbox'
const head = `POST /v1/coupons HTTP/1.1\r\nHost: sandbox\r\nAuthorization: ${authorization}\r\n`

/** Opens a raw connection, sends the text, and waits until the server has accepted the connection. */
async function rawConnection(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  if (text !== '') await new Promise((resolve) => socket.write(text, resolve))
  // The server accepts in order, so an answer on a later connection shows that it holds this one.
  await fetch(`${url}/v1/coupons`, { headers: { authorization } })
  return socket
}

/** Sends a request that a fault holds, and waits until the server holds it: its idempotency key is in use then. */
async function heldRequest(url: string, fault: string): Promise<{ answer: Promise<Response> }> {
  const send = (headers: Record<string, string>) =>
    fetch(`${url}/v1/coupons`, {
      method: 'POST',
      headers: { authorization, 'idempotency-key': 'held', ...headers },
      body: new URLSearchParams({ id: 'HELD', percent_off: '25' }),
    })
  const answer = send({ 'sandbox-fault': fault })
  answer.catch(() => {})
  await vi.waitFor(
    async () => {
      const twin = await fetch(`${url}/v1/coupons`, {
        method: 'POST',
        headers: { authorization, 'idempotency-key': 'held' },
        body: new URLSearchParams({ percent_off: 'not a number' }),
      })
      expect(twin.status).toBe(409)
    },
    { interval: 5 },
  )
  return { answer }
}

async function terminated(child: ChildProcess): Promise<number | string | null> {
  child.kill('SIGTERM')
  return await exitOf(child)
}

test.each([
  ['a silent connection', ''],
  ['half a header', head.slice(0, -10)],
  ['half a body', `${head}Content-Length: 100\r\n\r\npercent_off=2`],
])('SIGTERM ends it in order beside %s', async (_what, text) => {
  const { child, url } = await startSandbox('--memory')
  await rawConnection(url, text)
  expect(await terminated(child)).toBe(0)
})

test('SIGTERM lets a running request finish, and its answer arrives whole', async () => {
  const { child, url } = await startSandbox('--memory')
  const { answer } = await heldRequest(url, 'latency;ms=1000')
  const ended = terminated(child)
  const response = await answer
  expect(response.status).toBe(200)
  const body = (await response.json()) as Record<string, unknown>
  expect(schemaViolation(200, body)).toBe(undefined)
  expect(body['id']).toBe('HELD')
  expect(await ended).toBe(0)
})

test('a request that lasts beyond the deadline is cut, and changes nothing', async () => {
  const file = join(newFolder(), 'sandbox.db')
  const server = await serveSandbox({ file, host: '127.0.0.1', port: 0, drainMs: 20 })
  const { answer } = await heldRequest(server.url, 'latency;ms=600000')
  await server.close()
  await expect(answer).rejects.toThrow('fetch failed')
  const again = await serveSandbox({ file, host: '127.0.0.1', port: 0 })
  onTestFinished(() => again.close())
  expect((await fetch(`${again.url}/v1/coupons/HELD`, { headers: { authorization } })).status).toBe(404)
})

test('a signal during start-up ends it in order, too', async () => {
  const program = `
    import { catchStopSignals } from './src/cli/stop-signal.ts'
    catchStopSignals()
    const { sandbox } = await import('./src/cli/sandbox.ts')
    const ended = sandbox.run({ values: { port: '0', memory: true }, positionals: [] })
    process.kill(process.pid, 'SIGTERM')
    process.exitCode = await ended
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  expect(await exitOf(child)).toBe(0)
})

test("its files are their owner's alone", async () => {
  const folder = join(newFolder(), 'data')
  const { url } = await startSandbox('--data', join(folder, 'sandbox.db'))
  await fetch(`${url}/v1/coupons`, { headers: { authorization } })
  const modes = ['', 'sandbox.db', 'sandbox.db-wal'].map((name) => statSync(join(folder, name)).mode & 0o777)
  expect(modes).toEqual([0o700, 0o600, 0o600])
})
