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
  return { stub, transport, send: (asked?: Asked) => sendBy(transport, asked) }
}

type Asked = { method?: string; bytesMax?: number; signal?: AbortSignal }

const sendBy = (
  transport: ReturnType<typeof createTransport>,
  { method = 'GET', bytesMax = 1_000, signal = new AbortController().signal }: Asked = {},
) => transport.send({ method, path: '/v1/coupons', headers: {}, body: '' }, signal, bytesMax)

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

test.each(['GET', 'DELETE'])('a %s without a body has none, and says no length', async (method) => {
  const { stub, send } = await open(succeed)
  await send({ method })
  expect(stub.seen).toMatchObject([{ method, body: '' }])
  expect(stub.seen[0]?.headers).not.toHaveProperty('content-length')
})

test('an answer may have so many bytes and not one more', async () => {
  const { send } = await open(answerWith(200, 'é'.repeat(50)))
  expect((await send({ bytesMax: 100 })).body).toHaveLength(50)
  await expect(send({ bytesMax: 99 })).rejects.toThrow('The answer is larger than 99 bytes.')
})

test.each([
  ['is reset', reset],
  ['ends in the middle of the answer', cutBody],
])('a connection that %s is named ECONNRESET, which the SDK repeats', async (_, behave) => {
  const { send } = await open(behave)
  await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET', message: expect.stringMatching(/./) })
})

test('a request that is given up ends at once, and is no broken connection', async () => {
  const { stub, send } = await open(hang)
  const giveUp = new AbortController()
  const result = send({ signal: giveUp.signal })
  await expect.poll(() => stub.seen.length).toBe(1)
  giveUp.abort()
  await expect(result).rejects.toMatchObject({ name: 'AbortError' })
})

test('a request that was given up before is not sent', async () => {
  const { stub, send } = await open(succeed)
  await expect(send({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  expect(stub.seen).toEqual([])
})

test('once it is closed it sends nothing', async () => {
  const { stub } = await open(succeed)
  const transport = createTransport(stub.origin)
  await transport.close()
  await expect(sendBy(transport)).rejects.toMatchObject({ name: 'ClientDestroyedError' })
  expect(stub.seen).toEqual([])
})
