import { describe, expect, test } from 'vitest'
import { Refusal } from '../lib/refusal.ts'
import type { WireRequest, WireResponse } from '../lib/wire.ts'
import { createStripeRequest } from './request.ts'

type Step = (signal: AbortSignal) => Promise<WireResponse>
type Asked = {
  method?: 'GET' | 'POST' | 'DELETE'
  retriesMax?: number
  conflictParam?: string
  object?: 'coupon' | 'list'
}

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  async () => ({
    status,
    headers: { 'content-type': 'application/json', 'request-id': 'req_1', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const refuse = (status: number, error: object, headers: Record<string, string> = {}) =>
  answer(status, { error: { type: 'invalid_request_error', message: 'Refused.', ...error } }, headers)
const breakDown =
  (code?: string): Step =>
  async () => {
    throw Object.assign(new Error('socket hang up'), code === undefined ? {} : { code })
  }
const coupon = { id: 'TEN', object: 'coupon' }

/** Asks for a coupon by the SDK, whose connection does these steps, one a request; what comes of it and what was sent. */
async function ask(steps: Step[], { method = 'POST', retriesMax = 0, conflictParam, object = 'coupon' }: Asked = {}) {
  const sent: WireRequest[] = []
  const request = createStripeRequest({
    secretKey: 'sk_test_request',
    timeoutMs: 60_000,
    retriesMax,
    send: async (wire, signal) => {
      const step = steps[sent.push(wire) - 1]
      if (!step) throw new Error('Stripe was asked too often.')
      return await step(signal)
    },
  })
  const result = request(method, '/v1/coupons/TEN', {
    object,
    ...(conflictParam !== undefined && { conflictParam }),
    ...(method === 'POST' && { idempotencyKey: 'derived', params: { name: 'Ten' } }),
  })
  const end = await result.catch((error: unknown) => {
    if (error instanceof Refusal) return error
    throw error
  })
  return { end, sent }
}
const refusalOf = async (steps: Step[], asked?: Asked) => (await ask(steps, asked)).end

test('sends the key, the version and the form, and nothing of this machine’s', async () => {
  const { sent } = await ask([answer(200, coupon)])
  expect(sent).toMatchObject([{ method: 'POST', path: '/v1/coupons/TEN', body: 'name=Ten' }])
  expect(sent[0]?.headers).toMatchObject({
    authorization: 'Bearer sk_test_request',
    'idempotency-key': 'derived',
    'stripe-version': '2026-10-28.endive',
    'content-type': 'application/x-www-form-urlencoded',
  })
  expect(sent[0]?.headers).not.toHaveProperty('stripe-account')
  expect(sent[0]?.headers).not.toHaveProperty('content-length')
  expect(sent[0]?.headers).not.toHaveProperty('x-stripe-client-telemetry')
})

test('gives what Stripe said of its answer beside it', async () => {
  const date = 'Sat, 28 Feb 2026 12:00:00 GMT'
  const { end } = await ask([answer(200, coupon, { date, 'idempotent-replayed': 'true' })])
  expect(end).toMatchObject({ value: coupon, requestId: 'req_1', replayed: true, hasAmbiguousAttempt: false, date })
  const { end: first } = await ask([answer(200, coupon, { 'idempotent-replayed': 'false' })])
  expect(first).toMatchObject({ replayed: false, date: undefined })
})

test.each([
  ['another object', { id: 'TEN', object: 'product' }],
  ['a coupon without an id', { object: 'coupon' }],
  ['a list', { object: 'list', data: [] }],
  ['text in JSON', '"hi"'],
  ['null', 'null'],
  ['HTML', '<html>hi</html>'],
])('%s in place of the coupon is a Stripe that cannot be used, with the change unknown', async (_, body) => {
  expect(await refusalOf([answer(200, body)])).toMatchObject({ code: 'stripe_unavailable', outcome: 'unknown' })
})

test('a list needs no id', async () => {
  const { end } = await ask([answer(200, { object: 'list', data: [] })], { method: 'GET', object: 'list' })
  expect(end).toMatchObject({ value: { data: [] } })
})

describe('what Stripe refuses', () => {
  const surely = { outcome: 'not_applied', stripeRequestId: 'req_1' }
  test.each<[string, Step, Asked, object]>([
    [
      'a field',
      refuse(400, { param: 'name' }),
      {},
      { code: 'invalid_request', param: 'data.name', message: 'Refused.' },
    ],
    [
      'a nested field',
      refuse(400, { param: 'currency_options[eur][amount_off]' }),
      {},
      { param: 'data.currency_options.eur.amount_off' },
    ],
    ['the coupon of a code', refuse(400, { param: 'promotion[coupon]' }), {}, { param: 'data.coupon' }],
    ['a field of a query', refuse(400, { param: 'created[gte]' }), { method: 'GET' }, { param: 'created[gte]' }],
    ['no field', refuse(400, {}), {}, { code: 'invalid_request', param: undefined }],
    ['without a sentence', refuse(400, { message: '' }), {}, { message: 'Stripe refused the request.' }],
    [
      'an id that is taken',
      refuse(400, { code: 'resource_already_exists', param: 'id' }),
      { conflictParam: 'data.id' },
      { code: 'already_exists', param: 'data.id', message: 'Refused.' },
    ],
    [
      'a code that is taken',
      refuse(400, { message: 'An active promotion code with `code: TEN` already exists.' }),
      { conflictParam: 'data.code' },
      { code: 'already_exists', param: 'data.code' },
    ],
    [
      'a sentence that quotes it',
      refuse(400, { message: 'Bad: An active promotion code with `code: TEN` already exists.' }),
      {},
      { code: 'invalid_request' },
    ],
    [
      'a missing object',
      refuse(404, { code: 'resource_missing', param: 'coupon' }),
      {},
      { code: 'not_found', param: 'couponId' },
    ],
    [
      'a missing code',
      refuse(404, { code: 'resource_missing', param: 'promotion_code' }),
      {},
      { param: 'promotionCodeId', message: 'Refused.' },
    ],
    ['a missing nothing', refuse(404, { code: 'resource_missing' }), {}, { code: 'not_found', param: undefined }],
    ['an unknown path', refuse(404, {}), {}, { code: 'stripe_unavailable' }],
    [
      'an account that left',
      refuse(403, { code: 'account_invalid' }),
      {},
      { code: 'account_disconnected', param: 'accountId' },
    ],
    ['a key without the right', refuse(403, { message: 'rk_test_1 may not' }), {}, { code: 'stripe_unavailable' }],
    ['the key', refuse(401, { message: 'Invalid API Key provided' }), {}, { code: 'stripe_unavailable' }],
    ['a payment', refuse(402, {}), {}, { code: 'stripe_unavailable' }],
    ['too many calls', refuse(429, { code: 'rate_limit' }), {}, { code: 'rate_limited', retryAfterS: 1 }],
    [
      'other parameters',
      refuse(400, { type: 'idempotency_error' }),
      {},
      { code: 'idempotency_mismatch', param: 'Idempotency-Key' },
    ],
  ])('%s', async (_, step, asked, expected) => {
    const refusal = await refusalOf([step], asked)
    expect(refusal).toMatchObject({ ...surely, ...expected })
    expect(refusal).toHaveProperty('message', expect.stringMatching(/^\S+( \S+)*\.$/))
    expect(refusal).toHaveProperty('cause', expect.any(Error))
  })

  test.each([
    refuse(401, { message: 'Invalid API Key provided: abc' }),
    refuse(403, { message: 'Not this platform: abc' }),
    refuse(404, { message: 'No such path: abc' }),
    refuse(500, { message: 'Oops abc' }),
  ])('what speaks of the platform stays with the operator', async (step) => {
    const refusal = await refusalOf([step])
    expect(refusal).toHaveProperty('message', expect.not.stringMatching(/abc/))
    expect(refusal).toHaveProperty('cause.message', expect.stringMatching(/abc/))
  })

  test('a request id that is none is not passed on', async () => {
    expect(await refusalOf([refuse(400, {}, { 'request-id': 'a b' })])).toHaveProperty('stripeRequestId', undefined)
    expect(await refusalOf([refuse(400, {}, { 'request-id': 'x'.repeat(101) })])).toHaveProperty(
      'stripeRequestId',
      undefined,
    )
    const longest = 'x'.repeat(100)
    expect(await refusalOf([refuse(400, {}, { 'request-id': longest })])).toHaveProperty('stripeRequestId', longest)
  })
})

describe('what nobody can tell', () => {
  test.each<[string, Step, object]>([
    ['a 500', refuse(500, { type: 'api_error' }), { code: 'stripe_unavailable', stripeRequestId: 'req_1' }],
    ['a 409', refuse(409, { code: 'idempotency_key_in_use' }), { code: 'idempotency_in_progress', retryAfterS: 1 }],
    ['a reset', breakDown('ECONNRESET'), { code: 'stripe_unavailable' }],
    ['whatever else', breakDown(), { code: 'stripe_unavailable' }],
    ['a kept 500', refuse(500, {}, { 'idempotent-replayed': 'true' }), { code: 'stripe_failed', retryable: false }],
  ])('after %s a write may have been applied', async (_, step, expected) => {
    const refusal = await refusalOf([step])
    expect(refusal).toMatchObject({ outcome: 'unknown', ...expected })
    expect(refusal).toHaveProperty('message', expect.stringMatching(/[Kk]ey/))
  })

  test('a read is never applied, whatever becomes of it', async () => {
    for (const step of [refuse(500, {}), breakDown('ECONNRESET')]) {
      const refusal = await refusalOf([step], { method: 'GET' })
      expect(refusal).toMatchObject({ code: 'stripe_unavailable', outcome: 'not_applied', retryable: true })
      expect(refusal).toHaveProperty('message', expect.stringMatching(/Retry shortly\.$/))
    }
  })

  test('a DELETE is tried once, and is not to be repeated blindly', async () => {
    for (const step of [refuse(500, {}), breakDown('ECONNRESET'), breakDown('EPIPE')]) {
      const { end, sent } = await ask([step, answer(200, coupon)], { method: 'DELETE', retriesMax: 2 })
      expect(end).toMatchObject({ code: 'stripe_unavailable', outcome: 'unknown', retryable: false })
      expect(end).toHaveProperty('message', expect.stringMatching(/not_found means that it is gone/))
      expect(sent).toHaveLength(1)
    }
  })
})

describe('with a retry', () => {
  test.each<[string, Step]>([
    ['a reset', breakDown('ECONNRESET')],
    ['a 500', refuse(500, {})],
  ])('a write that failed by %s is sent again with the same key, and the answer says that it was', async (_, step) => {
    const { end, sent } = await ask([step, answer(200, coupon)], { retriesMax: 1 })
    expect(end).toMatchObject({ value: coupon, hasAmbiguousAttempt: true })
    expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual(['derived', 'derived'])
  })

  test('a refusal after an attempt without a clear answer does not say that nothing was applied', async () => {
    const steps = [breakDown('ECONNRESET'), refuse(400, { code: 'resource_already_exists' })]
    const refusal = await refusalOf(steps, { retriesMax: 1, conflictParam: 'data.id' })
    expect(refusal).toMatchObject({ code: 'already_exists', param: 'data.id', outcome: 'unknown' })
    expect(refusal).toHaveProperty('message', 'Refused. An earlier attempt of this request may have been applied.')
  })

  test('a refusal after one that was clear does', async () => {
    const steps = [refuse(409, { code: 'lock_timeout' }), refuse(400, { param: 'name' })]
    expect(await refusalOf(steps, { retriesMax: 1 })).toMatchObject({ outcome: 'not_applied', param: 'data.name' })
  })

  test('a read that is refused after a failure was still never applied', async () => {
    const steps = [breakDown('ECONNRESET'), refuse(404, { code: 'resource_missing', param: 'coupon' })]
    const refusal = await refusalOf(steps, { method: 'GET', retriesMax: 1 })
    expect(refusal).toMatchObject({ code: 'not_found', outcome: 'not_applied', message: 'Refused.' })
  })
})
