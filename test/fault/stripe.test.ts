import { afterAll, describe, expect, test } from 'vitest'
import { expectRefusal, journalOf, startTestServer } from '../support/server.ts'
import { answerWith, coupon, cutBody, openStub, reset, stripeError, succeed } from '../support/stripe-stub.ts'

// Closed at the end of the file: `onTestFinished` does not know which of the tests that run at once it belongs to.
const opened: { close: () => Promise<void> }[] = []
afterAll(async () => {
  for (const { close } of opened) await close()
})

/** A server on a stub that behaves so, and its answer to one create. Each test has its own, so that they can run at once. */
const create = async (...behaviours: Parameters<typeof openStub>) => {
  const stub = await openStub(...behaviours)
  const server = await startTestServer({ stripe: stub.origin, timeoutMs: 60_000 })
  opened.push(server, stub)
  const answer = await server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } })
  const keys = new Set(stub.seen.map((request) => request.headers['idempotency-key']))
  return { answer, server, stub, keys }
}
const secretLike = /sk_test|Bearer|CD\./

describe.concurrent('a failure that one retry mends does not reach the caller', () => {
  test.each([
    ['a connection that is reset', reset],
    ['a body that is cut in the middle', cutBody],
    ['a 500', stripeError(500, { type: 'api_error' })],
    ['a 503 that is not JSON', answerWith(503, '<html>down</html>')],
    ['a lock', stripeError(429, { code: 'lock_timeout' }, { 'stripe-should-retry': 'true' })],
    ['a twin that still runs', stripeError(409, { code: 'idempotency_key_in_use' })],
  ])('%s', async (_, fault) => {
    const { answer, stub, keys } = await create(fault, succeed)
    expect({ status: answer.status, id: answer.body['id'] }).toEqual({ status: 201, id: 'STUB' })
    expect(stub.seen).toHaveLength(2)
    expect(keys.size).toBe(1)
  })
})

describe.concurrent('what stays broken', () => {
  const unknown = { outcome: 'unknown', retryable: true }

  test.each([
    ['resets', reset, 502, 'stripe_unavailable', unknown],
    ['cut bodies', cutBody, 502, 'stripe_unavailable', unknown],
    ['a 500', stripeError(500, { type: 'api_error', message: 'Oops' }), 502, 'stripe_unavailable', unknown],
    ['HTML', answerWith(200, '<html>hi</html>'), 502, 'stripe_unavailable', unknown],
    ['a JSON string', answerWith(200, '"hi"'), 502, 'stripe_unavailable', unknown],
    ['JSON null', answerWith(200, 'null'), 502, 'stripe_unavailable', unknown],
    ['an object that is no coupon', answerWith(200, { object: 'list', data: [] }), 502, 'stripe_unavailable', unknown],
    ['an endless 409', stripeError(409, { code: 'idempotency_key_in_use' }), 409, 'idempotency_in_progress', unknown],
  ])('%s: a clear refusal that says the outcome is unknown and a retry safe', async (_, fault, status, code, more) => {
    const { answer, server, keys } = await create(fault)
    expectRefusal(answer, status, code, more)
    expect(answer.body['error']).toMatch(/same (Idempotency-)?[Kk]ey/)
    expect(answer.headers.get('idempotency-key')).toBeTruthy()
    expect(keys.size).toBe(1)
    expect(await journalOf(server)).toMatchObject([{ outcome: 'unknown', code, object_id: null }])
  })

  test.each([
    ['no server at all', 'http://127.0.0.1:1'],
    ['a name that nobody has', 'http://stripe.invalid'],
  ])('%s: the request was never sent, and the caller is told that nothing was applied', async (_, origin) => {
    const server = await startTestServer({ stripe: origin, retriesMax: 1 })
    opened.push(server)
    const answer = await server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } })
    expectRefusal(answer, 503, 'unavailable', { outcome: 'not_applied', retryable: true })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await journalOf(server)).toMatchObject([{ outcome: 'not_applied', code: 'unavailable' }])
  })

  test('a server that took the request and is gone at the retry: the change may have been applied', async () => {
    const stub = await openStub((response, seen) => {
      void stub.close()
      cutBody(response, seen)
    })
    const server = await startTestServer({ stripe: stub.origin, retriesMax: 1 })
    opened.push(server)
    const answer = await server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } })
    expectRefusal(answer, 502, 'stripe_unavailable', { outcome: 'unknown', retryable: true })
  })
})

describe.concurrent('what the last try was told, where an earlier one had no clear answer', () => {
  test.each([
    ['rate limited', cutBody, stripeError(429, { code: 'rate_limit' }), 'rate_limited'],
    ['key refused', stripeError(500, {}), stripeError(401, {}), 'stripe_unavailable'],
    ['account gone', cutBody, stripeError(403, { code: 'account_invalid' }), 'account_disconnected'],
    ['id taken', cutBody, stripeError(400, { code: 'resource_already_exists' }), 'already_exists'],
  ])('%s: does not say that nothing was applied', async (_, first, second, code) => {
    const { answer, server } = await create(first, second)
    expect(answer.body).toMatchObject({ code, outcome: 'unknown' })
    expect(answer.body['error']).toMatch(/may have been applied/)
    expect(await journalOf(server)).toMatchObject([{ outcome: 'unknown', code }])
  })
})

describe.concurrent('what Stripe refuses', () => {
  const notApplied = { outcome: 'not_applied' }

  test.each([
    [
      'a parameter: in Stripe’s words, with our name for the field',
      stripeError(400, { message: 'Invalid currency: xyz.', param: 'currency_options[xyz][amount_off]' }),
      400,
      'invalid_request',
      { error: 'Invalid currency: xyz.', param: 'data.currency_options.xyz.amount_off', retryable: false },
    ],
    ['too many requests', stripeError(429, { code: 'rate_limit' }), 429, 'rate_limited', { retryable: true }],
    ['an old 400 for the same', stripeError(400, { code: 'rate_limit' }), 429, 'rate_limited', { retryable: true }],
    [
      'an account that left the platform',
      stripeError(403, { code: 'account_invalid', message: 'The provided key sk_test_****abcd has no access' }),
      403,
      'account_disconnected',
      { param: 'accountId', retryable: false },
    ],
    [
      'a key used with other parameters',
      stripeError(400, { type: 'idempotency_error', message: 'Keys … deadbeef' }),
      422,
      'idempotency_mismatch',
      { retryable: false },
    ],
    [
      'a coupon that is not there',
      stripeError(404, { code: 'resource_missing', param: 'coupon' }),
      404,
      'not_found',
      { param: 'couponId' },
    ],
    [
      'an id that is taken',
      stripeError(400, { code: 'resource_already_exists' }),
      409,
      'already_exists',
      { param: 'data.id' },
    ],
    [
      'a key that ran out',
      stripeError(401, { message: 'Expired API Key provided: sk_test_abc123' }),
      502,
      'stripe_unavailable',
      {},
    ],
    [
      'a key without the right',
      stripeError(403, { message: 'rk_test_abc lacks coupon_write' }),
      502,
      'stripe_unavailable',
      {},
    ],
    [
      'an address that is not Stripe',
      answerWith(404, { error: { message: 'no such page' } }),
      502,
      'stripe_unavailable',
      {},
    ],
  ])('%s', async (_, fault, status, code, more) => {
    const { answer, server, stub } = await create(fault)
    expectRefusal(answer, status, code, { ...notApplied, ...more })
    expect(JSON.stringify(answer.body)).not.toMatch(secretLike)
    expect(answer.headers.get('stripe-request-id')).toBe('req_stub')
    expect(stub.seen).toHaveLength(1)
    expect(await journalOf(server)).toMatchObject([{ outcome: 'not_applied', code, stripe_request_id: 'req_stub' }])
  })

  test('what concerns the platform’s key is in the log, without the key, and not in the answer', async () => {
    const { answer, server } = await create(stripeError(401, { message: 'Invalid API Key provided: sk_test_51abcDEF' }))
    expect(answer.body['error']).not.toMatch(/key/i)
    const line = server.logged.find((candidate) => candidate.includes('"refused"')) ?? ''
    expect(line).toContain('Invalid API Key provided: [secret]')
  })
})

describe.concurrent('what is sent to Stripe', () => {
  test('names the account, the version and the derived key, carries no telemetry, and the form says what was asked', async () => {
    const { answer, server, stub } = await create(answerWith(200, coupon, { 'idempotent-replayed': 'true' }))
    expect(answer.headers.get('idempotent-replayed')).toBe('true')
    const [request] = stub.seen
    expect(request).toMatchObject({ method: 'POST', path: '/v1/coupons', body: 'percent_off=10&duration=once' })
    expect(request?.headers).toMatchObject({
      'stripe-account': server.accountId,
      'stripe-version': '2026-10-28.endive',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: 'Bearer sk_test_server',
      'idempotency-key': expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(request?.headers).not.toHaveProperty('x-stripe-client-telemetry')
  })
})
