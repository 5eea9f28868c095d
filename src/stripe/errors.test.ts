import { describe, expect, test } from 'vitest'
import {
  type Asked,
  answer,
  ask,
  breakDown,
  coupon,
  refusalOf,
  refuse,
  type Step,
} from '../../test/support/stripe-steps.ts'

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
    [
      'in several lines',
      refuse(400, { message: 'There is no\n\u0000coupon.' }),
      {},
      { message: 'There is no coupon.' },
    ],
    ['without a sentence', refuse(400, { message: '' }), {}, { message: 'Stripe refused the request.' }],
    ['in no words', refuse(400, { message: 5 }), {}, { message: 'Stripe refused the request.' }],
    [
      'an id that is taken',
      refuse(400, { code: 'resource_already_exists', param: 'id' }),
      { conflictParam: 'data.id' },
      {
        code: 'already_exists',
        param: 'data.id',
        message: 'Refused. Choose another, or use the one that exists.',
      },
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

  test('secrets are blacked out of a sentence, and one longer than any of Stripe’s is cut', async () => {
    const key = 'sk_live_51abcdefgh'
    expect(await refusalOf([refuse(400, { message: `Bad ${key}.` })])).toHaveProperty('message', 'Bad [secret].')
    const long = 'x'.repeat(2_000)
    expect(await refusalOf([refuse(400, { message: long })])).toHaveProperty('message', long)
    expect(await refusalOf([refuse(400, { message: `${long}y` })])).toHaveProperty('message', `${long}…`)
    const name = await refusalOf([refuse(400, {}, { 'request-id': key })])
    expect(name).toHaveProperty('stripeRequestId', '[secret]')
  })

  test.each([
    [{ id: 'TEN' }, 'A coupon with the id TEN already exists.'],
    [{ id: 'x'.repeat(100) }, `A coupon with the id ${'x'.repeat(100)} already exists.`],
    [{ id: 'x'.repeat(101) }, `A coupon with the id ${'x'.repeat(100)}… already exists.`],
    [{ id: `${'x'.repeat(99)}🎉` }, `A coupon with the id ${'x'.repeat(99)}\ufffd… already exists.`],
    [{ id: 'x\u2028y' }, 'A coupon with the id x y already exists.'],
    [{ id: 10 }, 'Refused.'],
    [{ code: 'TEN' }, 'Refused.'],
  ])('of %j that is taken the sentence names the id', async (params, message) => {
    expect(await refusalOf([refuse(400, { code: 'resource_already_exists' })], { params })).toMatchObject({
      code: 'already_exists',
      message: `${message} Choose another, or use the one that exists.`,
    })
  })

  test.each(['name ', ' name', 'a b', 'sk_live_51abcdefgh', 'x'.repeat(201), ''])(
    'the parameter %j is no name, and is not passed on',
    async (param) => {
      expect(await refusalOf([refuse(400, { param })])).toMatchObject({ code: 'invalid_request', param: undefined })
      expect(await refusalOf([refuse(404, { code: 'resource_missing', param })])).toMatchObject({ param: undefined })
    },
  )

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

describe('a Stripe that cannot be reached', () => {
  test('was sent nothing, and the caller is told so', async () => {
    expect(await refusalOf([breakDown('ENOTFOUND')])).toMatchObject({
      code: 'unavailable',
      outcome: 'not_applied',
      retryAfterS: 1,
      message: 'Stripe could not be reached: the request was not sent. Retry shortly.',
      cause: expect.any(Error),
    })
  })

  test('after an attempt that may have been applied leaves the change unknown', async () => {
    const refusal = await refusalOf([refuse(500, {}), breakDown('ENOTFOUND')], { retriesMax: 1 })
    expect(refusal).toMatchObject({ code: 'stripe_unavailable', outcome: 'unknown' })
  })
})

describe('an ambiguous failure', () => {
  test.each<[string, Step, object]>([
    ['a 500', refuse(500, { type: 'api_error' }), { code: 'stripe_unavailable', stripeRequestId: 'req_1' }],
    ['a 409', refuse(409, { code: 'idempotency_key_in_use' }), { code: 'idempotency_in_progress', retryAfterS: 1 }],
    ['a reset', breakDown('ECONNRESET'), { code: 'stripe_unavailable' }],
    [
      'whatever else',
      breakDown(),
      { code: 'stripe_unavailable', retryable: true, message: expect.stringMatching(/ safe\.$/) },
    ],
    [
      'a kept 500',
      refuse(500, { message: 'Oops' }, { 'idempotent-replayed': 'true' }),
      {
        code: 'stripe_failed',
        retryable: false,
        stripeRequestId: 'req_1',
        cause: expect.objectContaining({ message: 'Oops' }),
        message: expect.stringMatching(/^Stripe failed, .* send it with a new key\.$/),
      },
    ],
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
