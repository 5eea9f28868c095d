import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newFolder, serve } from '../support/process.ts'
import { newDatabase } from '../support/server.ts'

const url = process.env['TEST_DATABASE_URL']

/** A proxy before PostgreSQL that can fall silent without closing anything, as a machine does that lost its network. */
async function openProxy(location: string) {
  const { hostname, port } = new URL(location)
  const sockets: Socket[] = []
  const proxy = createServer((socket) => {
    const onward = connect(Number(port || 5432), hostname)
    for (const end of [socket, onward]) sockets.push(end.on('error', () => {}))
    socket.pipe(onward).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const target = new URL(location)
  target.hostname = '127.0.0.1'
  target.port = String((proxy.address() as AddressInfo).port)
  return { location: target.href, fallSilent: () => sockets.forEach((socket) => socket.unpipe().pause()) }
}

describe.skipIf(url === undefined)(
  'a PostgreSQL that falls silent (skipped where TEST_DATABASE_URL names none)',
  () => {
    test('does not hold up the end of the process', async () => {
      const { location, drop } = await newDatabase('postgres', '')
      onTestFinished(drop)
      const proxy = await openProxy(location)
      const environment = { DATA_DIR: newFolder(), DATABASE_URL: proxy.location, STRIPE_MODE: 'sandbox' }
      const server = await serve({ ...environment, SHUTDOWN_TIMEOUT_MS: '60000' })
      proxy.fallSilent()
      expect(await server.stop('SIGTERM')).toBe(0)
    })
  },
)
