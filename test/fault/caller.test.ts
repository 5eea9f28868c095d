import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type TestServer, startTestServer } from '../support/server.ts'
import { hang, openStub, succeed } from '../support/stripe-stub.ts'

test('an answer to bytes that are no request is never taken for that of the request before them', async () => {
  const stub = await openStub((response, seen) => void setTimeout(succeed, 50, response, seen))
  const server = await startTestServer({ stripe: stub.origin })
  onTestFinished(async () => {
    await server.close()
    await stub.close()
  })
  const said = await send(server, '\0\r\n\r\n')
  expect(said).not.toContain('not_applied')
})

test('bytes that are no request are refused in the one error body', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.close())
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.end('GARBAGE\r\n\r\n')
  const said = (await socket.setEncoding('utf8').toArray()).join('')
  expect(said).toMatch(/^HTTP\/1.1 400 /)
  expect(JSON.parse(said.slice(said.indexOf('{')))).toMatchObject({ code: 'invalid_request', outcome: 'not_applied' })
})

/** Sends one create and then these bytes on one connection; all that comes back. */
async function send(server: TestServer, more: string): Promise<string> {
  const body = '{"data":{"percent_off":10}}'
  const head = `POST ${server.coupons} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.key}\r\nContent-Type: application/json\r\n`
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}${more}`)
  const pieces: string[] = []
  socket.setEncoding('utf8').on('data', (text: string) => pieces.push(text))
  await new Promise((resolve) => socket.on('error', resolve).on('close', resolve))
  return pieces.join('')
}

test('a caller who hangs up is written into the log and holds no place', async () => {
  const stub = await openStub(hang)
  const server = await startTestServer({ stripe: stub.origin, timeoutMs: 500, retriesMax: 0 })
  onTestFinished(async () => {
    await server.close()
    await stub.close()
  })
  const { hostname, port } = new URL(server.url)
  const body = '{"data":{"percent_off":10}}'
  const head = `POST ${server.coupons} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.key}\r\nContent-Type: application/json\r\n`
  const socket = connect(Number(port), hostname)
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
  await expect.poll(() => stub.seen.length).toBe(1)
  socket.destroy()
  await expect.poll(() => server.logged.filter((line) => line.includes('"hung_up":true'))).toHaveLength(1)
})
