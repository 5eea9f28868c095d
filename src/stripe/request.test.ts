import { describe, expect, test } from 'vitest'
import {
  answer,
  ask,
  breakDown,
  coupon,
  refusalOf,
  refuse,
  silence,
  type Step,
} from '../../test/support/stripe-steps.ts'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import { Refusal } from '../lib/refusal.ts'
import type { WireRequest } from '../lib/wire.ts'
import { createStripeRequest } from './request.ts'
import { AnswerTooLarge } from './too-large.ts'

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
})

test('sends Stripe no telemetry about the call before', async () => {
  const sent: WireRequest[] = []
  const request = createStripeRequest({
    secretKey: 'sk_test_request',
    timeoutMs: 60_000,
    retriesMax: 0,
    send: async (wire, signal) => {
      sent.push(wire)
      return await answer(200, coupon)(signal)
    },
  })
  for (const _ of [1, 2]) await request('GET', '/v1/coupons/TEN', { object: 'coupon' })
  expect(sent.map(({ headers }) => headers['x-stripe-client-telemetry'])).toEqual([undefined, undefined])
})

test('leaves no timer behind that would hold up the end of the process', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  for (let index = 0; index < 20; index += 1) await ask([index % 2 === 0 ? answer(200, coupon) : refuse(400, {})])
  // The test runner has some of its own, which come and go.
  expect(timers() - before).toBeLessThan(10)
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

test('the operator reads what came in place of the coupon', async () => {
  expect(await refusalOf([answer(200, { object: 'product', id: 'TEN' })])).toHaveProperty(
    'cause.message',
    'The answer is not a coupon.',
  )
})

test('a call that found no place in the queue was never sent, and changed nothing', async () => {
  const held = Promise.withResolvers<void>()
  const account = { id: 'acct_1', agencyId: 'ag_1' } as ConnectedAccount
  const request = createStripeRequest({
    secretKey: 'sk_test_request',
    timeoutMs: 60_000,
    retriesMax: 0,
    queueLimits: { callsPerAccountMax: 1, waitingPerAgencyMax: 0 },
    send: async (_, signal) => {
      await held.promise
      return await answer(200, coupon)(signal)
    },
  })
  const create = () => request('POST', '/v1/coupons', { account, params: {}, idempotencyKey: 'key', object: 'coupon' })
  const first = create()
  await expect(create()).rejects.toMatchObject({ code: 'unavailable', outcome: 'not_applied' })
  held.resolve()
  expect(await first).toMatchObject({ value: coupon })
})

test('a write that had to wait is checked again and, if that refuses it, not sent; a read is not checked', async () => {
  const held = Promise.withResolvers<void>()
  const sent: WireRequest[] = []
  let checks = 0
  const recheck = async () => {
    checks += 1
    throw new Refusal('unauthenticated', 'Revoked.')
  }
  const account = { id: 'acct_1', agencyId: 'ag_1', recheck } as unknown as ConnectedAccount
  const observed: string[] = []
  const request = createStripeRequest({
    secretKey: 'sk_test_request',
    timeoutMs: 60_000,
    retriesMax: 0,
    queueLimits: { callsPerAccountMax: 1 },
    observers: [(endpoint) => ({ started: () => observed.push(endpoint), ended: () => {} })],
    send: async (wire, signal) => {
      sent.push(wire)
      await held.promise
      return await answer(200, coupon)(signal)
    },
  })
  const create = () => request('POST', '/v1/coupons', { account, params: {}, idempotencyKey: 'key', object: 'coupon' })
  const [first, second] = [create(), create()]
  const read = request('GET', '/v1/coupons/TEN', { account, object: 'coupon' })
  held.resolve()
  await expect(second).rejects.toMatchObject({ code: 'unauthenticated', outcome: 'not_applied' })
  expect([await first, await read]).toMatchObject([{ value: coupon }, { value: coupon }])
  expect({ checks, methods: sent.map(({ method }) => method) }).toEqual({ checks: 1, methods: ['POST', 'GET'] })
  expect(observed).toEqual(['POST /v1/coupons', 'GET /v1/coupons/{id}'])
})

test('a list needs no id, and may weigh more than an object', async () => {
  const list = await ask([answer(200, { object: 'list', data: [] })], { method: 'GET', object: 'list' })
  expect(list.end).toMatchObject({ value: { data: [] } })
  const { bytesMax } = await ask([answer(200, coupon)])
  expect([...bytesMax, ...list.bytesMax]).toEqual([1_000_000, 8_000_000])
})

test('names the account whose coupon it is, and a read sends no Idempotency-Key', async () => {
  const account = { id: 'acct_1', agencyId: 'ag_1' } as ConnectedAccount
  const { sent } = await ask([answer(200, coupon)], { method: 'GET', account })
  expect(sent[0]?.headers).toMatchObject({ 'stripe-account': 'acct_1' })
  expect(sent[0]?.headers).not.toHaveProperty('idempotency-key')
})

test('a Stripe that does not answer by the deadline is a timeout, and the request is given up', async () => {
  let wasGivenUp = false
  const silent: Step = async (signal) => {
    signal.addEventListener('abort', () => (wasGivenUp = true))
    return await silence(signal)
  }
  const timeout = { code: 'stripe_timeout', cause: expect.any(Error) }
  expect(await refusalOf([silent], { timeoutMs: 50 })).toMatchObject({
    ...timeout,
    outcome: 'unknown',
    retryable: true,
    message: expect.stringMatching(/did not answer in time\..* with the same Idempotency-Key is safe\.$/),
  })
  expect(wasGivenUp).toBe(true)
  expect(await refusalOf([silence], { timeoutMs: 50, method: 'GET' })).toMatchObject({
    ...timeout,
    outcome: 'not_applied',
  })
})

describe('with a retry', () => {
  const tooLarge: Step = async () => {
    throw new AnswerTooLarge('The answer is larger than 1 bytes.')
  }

  test('a read whose answer is too large is not repeated, and the operator reads why', async () => {
    const { end, sent } = await ask([tooLarge], { method: 'GET', object: 'list', retriesMax: 2 })
    expect(sent).toHaveLength(1)
    expect(end).toMatchObject({ code: 'stripe_unavailable', outcome: 'not_applied', retryable: true })
    expect(end).toHaveProperty('cause.message', 'The answer is larger than 1 bytes.')
  })

  test('a write whose answer is too large is sent again with the same key, and its outcome is unknown', async () => {
    const { end, sent } = await ask([tooLarge, tooLarge], { retriesMax: 1 })
    expect(sent).toHaveLength(2)
    expect(end).toMatchObject({ code: 'stripe_unavailable', outcome: 'unknown', retryable: true })
  })

  test.each<[string, Step]>([
    ['a reset', breakDown('ECONNRESET')],
    ['a 500', refuse(500, {})],
  ])('a write that failed by %s is sent again with the same key, and the answer says that it was', async (_, step) => {
    const { end, sent } = await ask([step, answer(200, coupon)], { retriesMax: 1 })
    expect(end).toMatchObject({ value: coupon, hasAmbiguousAttempt: true })
    expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual(['derived', 'derived'])
  })

  test('a write whose connection closed is sent once more even where no retries are allowed, as the SDK does', async () => {
    const { end, sent } = await ask([breakDown('ECONNRESET'), answer(200, coupon)])
    expect(end).toMatchObject({ value: coupon, hasAmbiguousAttempt: true })
    expect(sent).toHaveLength(2)
  })

  test('a refusal after an attempt without a clear answer does not say that nothing was applied', async () => {
    const steps = [breakDown('ECONNRESET'), refuse(400, { code: 'resource_already_exists' })]
    const refusal = await refusalOf(steps, { retriesMax: 1, conflictParam: 'data.id' })
    expect(refusal).toMatchObject({ code: 'already_exists', param: 'data.id', outcome: 'unknown' })
    expect(refusal).toHaveProperty(
      'message',
      expect.stringMatching(/^Refused\. .* An earlier attempt of this request may have been applied\.$/),
    )
  })

  test('a failure that is ambiguous after two attempts says so once', async () => {
    const refusal = await refusalOf([refuse(500, {}), refuse(500, {})], { retriesMax: 1 })
    expect(refusal).toMatchObject({ outcome: 'unknown', message: expect.not.stringMatching(/earlier attempt/) })
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
