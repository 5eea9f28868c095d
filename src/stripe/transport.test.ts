import { expect, onTestFinished, test } from 'vitest'
import { answerWith, cutBody, hang, openStub, reset, succeed } from '../../test/support/stripe-stub.ts'
import { createTransport } from './transport.ts'

/** A transport to a server that behaves so. */
async function open(...behaviours: Parameters<typeof openStub>) {
  const stub = await openStub(...behaviours)
  const transport = createTransport(stub.origin)
  onTestFinished(async () => {
    await transport.close()
    await stub.close()
  })
  const get = (bytesMax = 1_000, signal = new AbortController().signal) =>
    transport.send(
      { method: 'GET', path: '/v1/coupons?limit=1', headers: { 'x-one': '1' }, body: '' },
      signal,
      bytesMax,
    )
  return { stub, transport, get }
}

test('carries method, path, headers and body there, and status, headers and body back', async () => {
  const { stub, transport } = await open((response) => {
    response.writeHead(418, { 'x-two': ['a', 'b'] })
    response.write('{"short":')
    response.end('"é"}')
  })
  const request = { method: 'POST', path: '/v1/coupons/%2F', headers: { 'x-one': '1' }, body: 'name=%C3%A9' }
  const answer = await transport.send(request, new AbortController().signal, 1_000)
  expect(answer).toMatchObject({ status: 418, headers: { 'x-two': 'a,b' }, body: '{"short":"é"}' })
  expect(stub.seen).toMatchObject([{ ...request, headers: { 'x-one': '1', 'content-length': '11' } }])
})

test('a request without a body has none, and says no length', async () => {
  const { stub, get } = await open(succeed)
  await get()
  expect(stub.seen[0]?.body).toBe('')
  expect(stub.seen[0]?.headers).not.toHaveProperty('content-length')
})

test('an answer may have so many bytes and not one more', async () => {
  const { get } = await open(answerWith(200, 'é'.repeat(50)))
  expect((await get(100)).body).toHaveLength(50)
  await expect(get(99)).rejects.toThrow('The answer is larger than 99 bytes.')
})

test.each([
  ['is reset', reset],
  ['ends in the middle of the answer', cutBody],
])('a connection that %s is named ECONNRESET, which the SDK repeats', async (_, behave) => {
  const { get } = await open(behave)
  await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET', message: expect.stringMatching(/./) })
})

test('a request that is given up ends at once, and is no broken connection', async () => {
  const { stub, get } = await open(hang)
  const giveUp = new AbortController()
  const result = get(1_000, giveUp.signal)
  await expect.poll(() => stub.seen.length).toBe(1)
  giveUp.abort()
  await expect(result).rejects.toMatchObject({ name: 'AbortError' })
})
