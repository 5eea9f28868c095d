import { connect, type Socket } from 'node:net'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { noQuery } from '../../src/schema/errors.ts'
import { defaultLimits } from '../../src/http/limits/limits.ts'
import { createServer } from '../../src/http/server.ts'

const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`

/** A server with room for so many connections, which answers `/held` once it is told to. */
async function open(connectionsMax: number) {
  const lines: { msg: string; count: number; last_address: string }[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const limits = { ...defaultLimits, connectionsMax, publicPerSecond: 1_000 }
  let time = 0
  const server = createServer(log, { limits, now: () => time })
  const held = Promise.withResolvers<void>()
  let accepted = 0
  let begun = 0
  server.server.on('connection', () => (accepted += 1))
  for (const path of ['/held', '/quick']) {
    const schema = { operationId: path.slice(1), querystring: noQuery, response: {} }
    server.get(path, { config: { access: 'public' }, schema }, async () => {
      begun += 1
      if (path === '/held') await held.promise
      return 'answered'
    })
  }
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }))
  onTestFinished(() => {
    held.resolve()
    return server.close()
  })

  /** Connects as this client and waits until the server knows the connection and, if it asks for something, the request. */
  const dial = async (client: number, path?: string) => {
    const [acceptedBefore, begunBefore] = [accepted, begun]
    const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: `127.0.0.${client}` })
    onTestFinished(() => void socket.destroy())
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('error', () => {})
    if (path !== undefined) socket.write(ask(path))
    await expect.poll(() => accepted).toBe(acceptedBefore + 1)
    if (path !== undefined) await expect.poll(() => begun).toBe(begunBefore + 1)
    return { socket, text: () => text }
  }
  return { dial, lines, answer: () => held.resolve(), pass: (ms: number) => (time += ms) }
}

type Dialed = { socket: Socket; text: () => string }
const closed = (dialed: Dialed[]) => dialed.map(({ socket }) => socket.closed)

// Other systems have one address of this machine, and each client needs its own.
describe.skipIf(process.platform !== 'linux')('connections beyond the bound', () => {
  test('with no room left a new connection takes the place of the oldest idle one of the client that has the most', async () => {
    const { dial, lines } = await open(5)
    const held = [await dial(2), await dial(1, '/held'), await dial(1), await dial(1), await dial(3)]
    const late = await dial(4, '/quick')
    await expect.poll(late.text).toContain('answered')
    await expect.poll(() => closed(held)).toEqual([false, false, true, false, false])
    expect(lines).toMatchObject([{ msg: 'closed idle connections to make room', count: 1, last_address: '127.0.0.1' }])
  })

  test('among clients with one connection each, the oldest idle one goes', async () => {
    const { dial } = await open(3)
    const dialed = [await dial(1, '/held'), await dial(2), await dial(3)]
    for (const client of [4, 5, 6]) {
      dialed.push(await dial(client))
      await expect.poll(() => closed(dialed).filter(Boolean)).toHaveLength(client - 3)
    }
    expect(closed(dialed)).toEqual([false, true, true, true, false, false])
  })

  test('where the client with the most has no idle connection, another’s goes, and no request is cut', async () => {
    const { dial, answer } = await open(3)
    const busy = [await dial(1, '/held'), await dial(1, '/held')]
    const idle = await dial(2)
    await dial(3)
    await expect.poll(() => idle.socket.closed).toBe(true)
    answer()
    for (const { text } of busy) await expect.poll(text).toContain('answered')
  })

  test('while all connections have a request in progress further ones are refused, and no longer than that', async () => {
    const { dial, lines, answer, pass } = await open(2)
    const busy = [await dial(1, '/held'), await dial(2, '/held')]
    for (const client of [3, 4, 5]) {
      const refused = await dial(client)
      await expect.poll(() => refused.socket.closed).toBe(true)
    }
    pass(1_000)
    await dial(6)
    const msg = 'refused connections: those that are open are in use'
    expect(lines).toMatchObject([
      { msg, count: 1, last_address: '127.0.0.3' },
      { msg, count: 3, last_address: '127.0.0.6' },
    ])
    answer()
    for (const { text } of busy) await expect.poll(text).toContain('answered')
    const late = await dial(7, '/quick')
    await expect.poll(late.text).toContain('answered')
  })

  test('a search for an idle connection is bounded, and the next one goes on where it ended', async () => {
    const { dial } = await open(111)
    for (let index = 0; index < 110; index += 1) await dial(1, '/held')
    const idle = await dial(1)
    const first = await dial(2)
    await expect.poll(() => first.socket.closed).toBe(true)
    expect(idle.socket.closed).toBe(false)
    const second = await dial(2, '/quick')
    await expect.poll(second.text).toContain('answered')
    await expect.poll(() => idle.socket.closed).toBe(true)
  })
})
