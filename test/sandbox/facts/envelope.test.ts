/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { fact, percent, promotionOf, refusal, type Refusal } from '../../support/sandbox-facts.ts'
import type { Params } from '../../support/sandbox.ts'

const createRefused = (params: Params, expected: Refusal) => refusal('POST', '/v1/coupons', params, expected)

describe('the error envelope', () => {
  fact('R', 'an error is one object, its keys in alphabetical order, what is not there left out', async (s) => {
    const { body } = await s.call('GET', '/v1/coupons/nope')
    expect(Object.keys(body)).toEqual(['error'])
    expect(Object.keys(body.error)).toEqual(['code', 'doc_url', 'message', 'param', 'request_log_url', 'type'])
    expect(body.error.doc_url).toBe('https://stripe.com/docs/error-codes/resource-missing')
  })
  fact('R', 'an error without a code has no doc_url', async (s) => {
    const { body } = await s.call('POST', '/v1/coupons', { percent_off: 0 })
    expect(Object.keys(body.error)).toEqual(['message', 'param', 'request_log_url', 'type'])
  })
  fact('R', 'request_log_url names the request', async (s) => {
    const { body, headers } = await s.call('GET', '/v1/coupons/nope')
    expect(body.error.request_log_url).toContain(headers['request-id'])
  })
  fact('R', 'an unknown URL has no request_log_url', async (s) => {
    const { body } = await s.call('GET', '/v1/nothing')
    expect(Object.keys(body.error)).toEqual(['message', 'type'])
  })
  fact('R', 'a create answers 200', async (s) => {
    expect((await s.call('POST', '/v1/coupons', percent)).status).toBe(200)
  })
  fact(
    'R',
    'a wrong verb is an unknown URL',
    refusal(
      'DELETE',
      '/v1/promotion_codes/x',
      {},
      {
        status: 404,
        message:
          'Unrecognized request URL (DELETE: /v1/promotion_codes/x). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.',
      },
    ),
  )
  fact(
    'R',
    'an unknown id in the path is 404',
    refusal(
      'GET',
      '/v1/coupons/X',
      {},
      {
        status: 404,
        code: 'resource_missing',
        param: 'coupon',
        message: "No such coupon: 'X'",
      },
    ),
  )
  fact(
    'R',
    'an unknown id in a parameter is 400',
    refusal('POST', '/v1/promotion_codes', promotionOf('X'), {
      code: 'resource_missing',
      param: 'promotion[coupon]',
      message: "No such coupon: 'X'",
    }),
  )
  fact(
    'R',
    'an unknown parameter is refused',
    createRefused(
      { ...percent, wat: 1 },
      {
        code: 'parameter_unknown',
        param: 'wat',
        message: 'Received unknown parameter: wat',
      },
    ),
  )
  fact(
    'R',
    'on GET too',
    refusal(
      'GET',
      '/v1/coupons',
      { wat: 1 },
      {
        code: 'parameter_unknown',
        param: 'wat',
        message: 'Received unknown parameter: wat',
      },
    ),
  )
  fact('R', 'a nested one is named in brackets', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    const { id } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
    await refusal(
      'POST',
      `/v1/promotion_codes/${id}`,
      { restrictions: { first_time_transaction: true } },
      {
        code: 'parameter_unknown',
        param: 'restrictions[first_time_transaction]',
        message: 'Received unknown parameter: restrictions[first_time_transaction]',
      },
    )(s)
  })
  fact(
    'R',
    'a required parameter is missed by name, with a stop',
    refusal(
      'POST',
      '/v1/products',
      {},
      {
        code: 'parameter_missing',
        param: 'name',
        message: 'Missing required param: name.',
      },
    ),
  )
  fact(
    'R',
    'what is not an integer is quoted without quotes',
    refusal(
      'GET',
      '/v1/coupons',
      { limit: 'abc' },
      {
        code: 'parameter_invalid_integer',
        param: 'limit',
        message: 'Invalid integer: abc',
      },
    ),
  )
  fact(
    'R',
    'a wrong choice has no code and lists the choices with a comma before or',
    refusal(
      'POST',
      '/v1/customers',
      { tax_exempt: 'x' },
      {
        param: 'tax_exempt',
        message: 'Invalid tax_exempt: must be one of none, reverse, or exempt',
      },
    ),
  )
  fact(
    'R',
    'a scalar for a map is an invalid object',
    createRefused(
      { amount_off: 1, currency: 'usd', currency_options: 'x' },
      {
        param: 'currency_options',
        message: 'Invalid object',
      },
    ),
  )
})
