import { expect, onTestFinished, test } from 'vitest'
import { createRequest, dial } from '../support/raw.ts'
import { journalOf, startTestServer } from '../support/server.ts'
import { hold, openStub } from '../support/stripe-stub.ts'

/** A server whose Stripe answers nothing before `release`. */
async function open() {
  const { behave, release } = hold()
  const stub = await openStub(behave)
  const server = await startTestServer({ stripe: stub.origin, timeoutMs: 60_000 })
  onTestFinished(async () => {
    release()
    await server.close()
    await stub.close()
  })
  const outcomes = async () => (await journalOf(server)).map(({ outcome }) => outcome)
  return { stub, server, release, outcomes }
}

test('an answer to bytes that are no request is never taken for that of the request before them', async () => {
  const { stub, server, release, outcomes } = await open()
  const socket = dial(server)
  const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve))
  let said = ''
  socket.on('data', (text: string) => (said += text))
  socket.write(`${createRequest(server)}\0\r\n\r\n`)
  await closed
  expect(said).toBe('')
  await expect.poll(() => stub.seen.length).toBe(1)
  release()
  await expect.poll(outcomes).toEqual(['applied'])
})

test('bytes that are no request are refused in the one error body', async () => {
  const { server } = await open()
  const socket = dial(server)
  socket.end('GARBAGE\r\n\r\n')
  const said = (await socket.toArray()).join('')
  expect(said).toMatch(/^HTTP\/1.1 400 /)
  expect(JSON.parse(said.slice(said.indexOf('{')))).toMatchObject({ code: 'invalid_request', outcome: 'not_applied' })
})

test('the change of a caller who hangs up goes on to its end, and the log says that they hung up', async () => {
  const { stub, server, release, outcomes } = await open()
  const socket = dial(server)
  socket.write(createRequest(server))
  await expect.poll(() => stub.seen.length).toBe(1)
  socket.destroy()
  await expect.poll(() => server.logged.filter((line) => line.includes('"hung_up":true'))).toHaveLength(1)
  expect(await outcomes()).toEqual([null])
  release()
  await expect.poll(outcomes).toEqual(['applied'])
})
