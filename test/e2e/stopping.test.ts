import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newFolder, serve, serveOnStub, start } from '../support/process.ts'
import { couponsOf, changesIn } from '../support/server.ts'
import { answerWith, coupon, openStub, stripeError, succeed } from '../support/stripe-stub.ts'

type Behaviour = Parameters<typeof openStub>[0]

/** A Stripe that answers when it is told to, and says when it was asked. */
function heldStripe(answer: Behaviour = succeed) {
  const asked = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  const behaviour: Behaviour = (response, seen) => {
    asked.resolve()
    void told.promise.then(() => answer(response, seen))
  }
  return { behaviour, asked: asked.promise, answer: () => told.resolve() }
}

async function open(url: string, text = ''): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  if (text !== '') await new Promise((resolve) => socket.write(text, resolve))
  return socket
}

/** The bytes of one request. */
function request(method: string, path: string, key: string, body = ''): string {
  const head = [`${method} ${path} HTTP/1.1`, 'Host: x', `Authorization: ${key}`, 'Content-Type: application/json']
  return `${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

const coupons = couponsOf('acct_1AbC')
const create = '{"data":{"percent_off":10}}'

describe('SIGTERM ends at once', () => {
  test.each([
    ['a connection that says nothing', ''],
    ['half a header', 'GET /healthz HTTP/1.1\r\nHo'],
    ['half a body', `POST ${coupons} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"da`],
    ['a connection that is kept alive', 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('beside %s', async (_, text) => {
    const server = await serve({ DATA_DIR: newFolder(), SHUTDOWN_TIMEOUT_MS: '600000' })
    const socket = await open(server.url, text)
    const closed = once(socket.resume(), 'close')
    // Another connection's answer proves that the server has seen the one before.
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect(await server.stop('SIGTERM')).toBe(0)
    await closed
  })
})

describe('SIGTERM waits', () => {
  test('for the answer of a change that runs', async () => {
    const stripe = heldStripe()
    const { key, server } = await serveOnStub([stripe.behaviour])
    const socket = await open(server.url, request('POST', coupons, key, create))
    await stripe.asked
    server.signal('SIGTERM')
    await expect.poll(() => fetch(server.url).catch(() => 'refused')).toBe('refused')
    stripe.answer()
    const said = (await socket.setEncoding('utf8').toArray()).join('')
    expect(said).toMatch(/^HTTP\/1.1 201 .*\r\nconnection: close\r\n/is)
    expect((await server.exited)[0]).toBe(0)
  })

  test('for a change whose caller hung up: its end is in the journal', async () => {
    // The SDK tries again after a 5xx, when nothing is in flight at Stripe.
    const stripe = heldStripe(stripeError(500, { type: 'api_error' }))
    const { database, key, server } = await serveOnStub([stripe.behaviour, succeed])
    const socket = await open(server.url, request('POST', coupons, key, create))
    await stripe.asked
    socket.destroy()
    server.signal('SIGTERM')
    await expect.poll(() => fetch(server.url).catch(() => 'refused')).toBe('refused')
    stripe.answer()
    expect((await server.exited)[0]).toBe(0)
    expect(await changesIn(database)).toMatchObject([{ outcome: 'applied', object_id: 'STUB' }])
  })

  test('for a slow reader of a large list, which arrives whole', async () => {
    const { server, socket } = await readSlowly()
    server.signal('SIGTERM')
    await expect.poll(() => fetch(server.url).catch(() => 'refused')).toBe('refused')
    const said = (await socket.setEncoding('utf8').toArray()).join('')
    const body: { data: object[] } = JSON.parse(said.slice(said.indexOf('\r\n\r\n') + 4))
    expect(body.data).toHaveLength(largeList.length)
    expect((await server.exited)[0]).toBe(0)
  })

  test('no longer than SHUTDOWN_TIMEOUT_MS for a reader that never reads, and says so', async () => {
    const { server } = await readSlowly({ SHUTDOWN_TIMEOUT_MS: '500' })
    expect(await server.stop('SIGTERM')).toBe(1)
    const line =
      server
        .output()
        .split('\n')
        .find((text) => text.includes('SHUTDOWN_TIMEOUT_MS')) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({
      closing: ['requests'],
      requests: [{ method: 'GET', waits_for: 'caller' }],
    })
  })

  test('no longer than SHUTDOWN_TIMEOUT_MS for a handler', async () => {
    const stripe = heldStripe()
    const { key, server } = await serveOnStub([stripe.behaviour], { SHUTDOWN_TIMEOUT_MS: '500' })
    const socket = await open(server.url, request('POST', coupons, key, create))
    await stripe.asked
    socket.destroy()
    expect(await server.stop('SIGTERM')).toBe(1)
    expect(server.output()).toContain('"waits_for":"handler"')
  })
})

test('a second signal ends the process at once', async () => {
  const stripe = heldStripe()
  const { key, server } = await serveOnStub([stripe.behaviour])
  await open(server.url, request('POST', coupons, key, create))
  await stripe.asked
  server.signal('SIGTERM')
  await expect.poll(() => fetch(server.url).catch(() => 'refused')).toBe('refused')
  expect(await server.stop('SIGINT')).toBe(1)
})

test('SIGTERM during the start, while the database does not answer, is an orderly end', async () => {
  const asked = Promise.withResolvers<void>()
  const silent = createServer(() => asked.resolve()).listen(0, '127.0.0.1')
  onTestFinished(() => void silent.close())
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const server = start({
    DATA_DIR: newFolder(),
    DATABASE_URL: `postgres://127.0.0.1:${port}/x`,
    STRIPE_MODE: 'sandbox',
  })
  await asked.promise
  expect(await server.stop('SIGTERM')).toBe(0)
})

/** Larger than what the sockets between two processes hold. */
const largeList = Array.from({ length: 100 }, (_unused, index) => ({
  ...coupon,
  id: `LARGE${index}`,
  metadata: Object.fromEntries(Array.from({ length: 50 }, (_none, key) => [`key_${key}`, 'x'.repeat(1_400)])),
}))

/** A caller that has asked for a large list and read only its beginning, when the server has sent what it could. */
async function readSlowly(environment: Record<string, string> = {}) {
  const list = answerWith(200, { object: 'list', data: largeList, has_more: false })
  const { key, server } = await serveOnStub([list], environment)
  const socket = await open(server.url, request('GET', `${coupons}?limit=100`, key))
  await once(socket, 'readable')
  return { server, socket }
}
