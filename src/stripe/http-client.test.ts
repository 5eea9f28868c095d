import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { answer, ask, breakDown, coupon } from '../../test/support/stripe-steps.ts'
import { attempts, isNeverSent, type Send, WireClient } from './http-client.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const ok = { status: 200, headers: { 'request-id': 'req_1' }, body: '{"id":"TEN"}' }

/** One request by the client on this connection, as a call to Stripe that may bring so many bytes. */
function request(send: Send, { method = 'POST', timeoutMs = 1_000 } = {}) {
  const call = { bytesMax: 7, hasAmbiguousAttempt: false, retries: -1 }
  const headers = { 'Content-Length': 3, 'X-Numbers': 1, 'x-list': ['a', 'b'] }
  const result = attempts.run(call, () =>
    new WireClient(send).makeRequest('host', '443', '/v1/coupons', method, headers, 'a=1', 'https', timeoutMs),
  )
  return { result, call }
}
const failing =
  (code?: string): Send =>
  async () => {
    throw Object.assign(new Error('Broken.'), code !== undefined && { code })
  }

test('names itself to Stripe', async () => {
  vi.useRealTimers()
  const { sent } = await ask([answer(200, coupon)])
  expect(JSON.parse(sent[0]?.headers['x-stripe-client-user-agent'] ?? '')).toMatchObject({ httplib: 'chatdash' })
})

test('sends what the SDK gives it, with lower-case headers and without a length, which the transport counts', async () => {
  const send = vi.fn<Send>(async () => ok)
  const { result } = request(send)
  const response = await result
  expect(send.mock.calls).toEqual([
    [
      { method: 'POST', path: '/v1/coupons', headers: { 'x-numbers': '1', 'x-list': 'a,b' }, body: 'a=1' },
      expect.any(AbortSignal),
      7,
    ],
  ])
  expect(response.getStatusCode()).toBe(200)
  expect(response.getHeaders()).toEqual(ok.headers)
  expect(response.getRawResponse()).toEqual({ headers: ok.headers })
  expect(await response.toJSON()).toEqual({ id: 'TEN' })
})

test('is a timeout at the deadline, even where the connection does not give up', async () => {
  let signal: AbortSignal | undefined
  const { result, call } = request((_, given) => {
    signal = given
    return new Promise(() => {})
  })
  const thrown = result.catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(999)
  expect(signal?.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await thrown).toMatchObject({ code: 'ETIMEDOUT' })
  expect(signal?.aborted).toBe(true)
  expect(call.hasAmbiguousAttempt).toBe(true)
})

test.each<[string, Send]>([
  ['an answer', async () => ok],
  ['a failure', failing()],
])('leaves no timer behind after %s', async (_, send) => {
  await request(send).result.catch(() => {})
  expect(vi.getTimerCount()).toBe(0)
})

test.each([
  [499, false],
  [500, true],
])('after a %i the call may have been applied: %s', async (status, isAmbiguous) => {
  const { result, call } = request(async () => ({ ...ok, status }))
  await result
  expect(call.hasAmbiguousAttempt).toBe(isAmbiguous)
})

test.each(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])(
  'after %s nothing can have been applied',
  async (code) => {
    const { result, call } = request(failing(code))
    await expect(result).rejects.toMatchObject({ code })
    expect(call.hasAmbiguousAttempt).toBe(false)
  },
)

test.each([undefined, 'ECONNRESET', 'UND_ERR_HEADERS_TIMEOUT'])('after the error %s it may have been', async (code) => {
  const { result, call } = request(failing(code))
  await expect(result).rejects.toThrow('Broken.')
  expect(call.hasAmbiguousAttempt).toBe(true)
})

test('what is no error shows nothing of what was sent', () => {
  for (const thrown of [undefined, null, 'ENOTFOUND', {}]) expect(isNeverSent(thrown)).toBe(false)
})

test.each(['ECONNRESET', 'EPIPE'])('hides a %s of a DELETE from the SDK, which would send it again', async (code) => {
  const { result } = request(failing(code), { method: 'DELETE' })
  const error: unknown = await result.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ message: 'Broken.', cause: { code } })
  expect(error).not.toHaveProperty('code')
})

test.each([
  ['POST', 'ECONNRESET'],
  ['DELETE', 'ENOTFOUND'],
])('shows the SDK the error of a %s by %s as it is', async (method, code) => {
  await expect(request(failing(code), { method }).result).rejects.toMatchObject({ code })
})

test('a DELETE whose connection fails with what is no error fails with just that', async () => {
  const thrown = { code: 'ECONNRESET' }
  const { result } = request(() => Promise.reject(thrown), { method: 'DELETE' })
  expect(await result.catch((error: unknown) => error)).toBe(thrown)
})

test('a DELETE that Stripe cannot be reached for was not applied', async () => {
  vi.useRealTimers()
  const { end } = await ask([breakDown('ENOTFOUND')], { method: 'DELETE' })
  expect(end).toMatchObject({ code: 'unavailable', outcome: 'not_applied' })
})

test.each(['"text"', 'null', '1'])('an answer of %s is an error, not an object', async (body) => {
  const response = await request(async () => ({ ...ok, body })).result
  await expect(response.toJSON()).rejects.toThrow('The answer is not a JSON object.')
})

test('a request outside of any call is sent as well, and may bring any number of bytes', async () => {
  const send = vi.fn<Send>(async () => ({ ...ok, status: 500 }))
  const client = new WireClient(send)
  await client.makeRequest('host', '443', '/v1/coupons', 'GET', {}, '', 'https', 1_000)
  expect(send.mock.calls[0]?.[2]).toBe(Infinity)
})

test('a failed call marks itself, and no other that runs beside it', async () => {
  const failed = request(async () => ({ ...ok, status: 500 }))
  const fine = request(async () => ok)
  await Promise.all([failed.result, fine.result])
  expect([failed.call.hasAmbiguousAttempt, fine.call.hasAmbiguousAttempt]).toEqual([true, false])
})
