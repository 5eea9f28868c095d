import { connect, type Socket } from 'node:net'
import type { RouteHandlerMethod } from 'fastify'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { noQuery } from '../../src/schema/errors.ts'
import { defaultLimits, type Limits } from '../../src/http/limits/limits.ts'
import { createServer } from '../../src/http/server.ts'
import { staticAnswer } from '../../src/http/static-answer.ts'

const megabyte = 1_048_576

/** Asks for a path on connections of its own and reads nothing of the answers. */
const openReaders = (url: string, path: string, count: number): Socket[] => {
  const readers = Array.from({ length: count }, () => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' }).pause()
    socket.on('error', () => {})
    return socket.on('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`))
  })
  onTestFinished(() => readers.forEach((reader) => reader.destroy()))
  return readers
}

/** A server with one answer that fits into no socket's buffers. */
const startLarge = async (limits: Partial<Limits>, handler?: RouteHandlerMethod) => {
  const server = createServer(pino({ level: 'silent' }), { limits: { ...defaultLimits, ...limits } })
  const body = Buffer.alloc(64 * megabyte)
  server.get('/large', {
    config: { access: 'public' },
    schema: { operationId: 'large', querystring: noQuery, response: {} },
    handler: handler ?? (async (_request, reply) => reply.send(body)),
  })
  const sockets: Socket[] = []
  server.server.on('connection', (socket: Socket) => sockets.push(socket))
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const open = () =>
    new Promise<number>((resolve, reject) => {
      server.server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
    })
  return { url, open, sockets, connected: () => sockets.length }
}

test('three hundred readers that read nothing of a page cost no memory worth speaking of', async () => {
  const { url } = await startLarge(
    { publicPerSecond: 1_000 },
    staticAnswer(() => 'x'.repeat(4 * megabyte), {}),
  )
  await (await fetch(`${url}/large`)).arrayBuffer()
  const memory = () => process.memoryUsage().external + process.memoryUsage().arrayBuffers
  const before = memory()
  const readers = openReaders(url, '/large', 300)
  // With this listener a socket takes its first 64 KB and waits.
  for (const reader of readers) reader.on('readable', () => {})
  await expect.poll(() => readers.filter(({ bytesRead }) => bytesRead > 0).length).toBe(300)
  expect(memory() - before).toBeLessThan(200 * megabyte)
})

test('a reader that takes nothing of its answer is closed', async () => {
  const { url, open, connected } = await startLarge({ stalledMs: 100 })
  openReaders(url, '/large', 5)
  await expect.poll(connected).toBe(5)
  await expect.poll(open).toBe(0)
})

test('a reader that takes longer than it may over the whole answer is closed, however steadily it reads', async () => {
  const { url, open, connected } = await startLarge({ stalledMs: 60_000, readingMs: 100 })
  openReaders(url, '/large', 1)
  await expect.poll(connected).toBe(1)
  await expect.poll(open).toBe(0)
})

test('a reader that reads gets all of it, and its connection is kept alive for longer than a stalled one', async () => {
  const stalledMs = 60_000
  const { url, sockets } = await startLarge({ stalledMs })
  const [reader] = openReaders(url, '/large', 1)
  let read = 0
  reader?.on('data', (chunk: Buffer) => (read += chunk.length)).resume()
  for (const answer of [1, 2]) {
    await expect.poll(() => read).toBeGreaterThan(answer * 64 * megabyte)
    // The timeout, in milliseconds, after which Node closes the connection.
    await expect.poll(() => sockets[0]?.timeout).toBeGreaterThan(stalledMs)
    if (answer === 1) reader?.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n')
  }
  expect(sockets).toHaveLength(1)
})

test('the time for a stalled reader ends with its answer, and does not run against the next request behind it', async () => {
  const held = Promise.withResolvers<void>()
  let begun = 0
  const { url, sockets } = await startLarge({}, async () => {
    begun += 1
    if (begun === 2) await held.promise
    return 'answer'
  })
  const reader = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
  onTestFinished(() => void reader.destroy())
  let read = ''
  reader.on('data', (chunk: Buffer) => (read += chunk.toString()))
  reader.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2))
  await expect.poll(() => read).toContain('answer')
  await expect.poll(() => sockets[0]?.timeout).toBe(0)
  held.resolve()
  await expect.poll(() => read.split('answer')).toHaveLength(3)
})
