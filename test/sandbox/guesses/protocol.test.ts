/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each guess is a test */
import { describe, expect } from 'vitest'
import { fact, percent, refusal } from '../../support/sandbox-facts.ts'

const withFault = (fault: string) => ({ idempotencyKey: fault, headers: { 'sandbox-fault': fault } })

describe('what is guessed of the protocol', () => {
  fact('G', 'a preflight is 200 without a body and needs no key', async (s) => {
    const headers = { origin: 'https://example.com', 'access-control-request-headers': 'authorization, stripe-version' }
    const answer = await s.sandbox.send({ method: 'OPTIONS', path: '/v1/coupons', headers, body: '' })
    expect(answer).toMatchObject({ status: 200, body: '' })
    expect(answer.headers).toMatchObject({
      'access-control-allow-headers': 'authorization, stripe-version',
      'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
      'access-control-allow-origin': '*',
    })
  })
  fact('G', 'a HEAD is answered like a GET', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    expect((await s.call('HEAD', '/v1/coupons/A')).status).toBe(200)
    expect((await s.call('HEAD', '/v1/coupons/B')).status).toBe(404)
  })
  fact('G', 'a plus in a path is a space, and %2B a plus', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'two words' })
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'a+b' })
    expect(await s.ok('GET', '/v1/coupons/two+words')).toMatchObject({ id: 'two words' })
    expect(await s.ok('GET', '/v1/coupons/a%2Bb')).toMatchObject({ id: 'a+b' })
  })
  fact('G', 'a 409, a 429 and a 5xx name no original request', async (s) => {
    for (const fault of ['429', '500', '503']) {
      const { headers } = await s.call('POST', '/v1/coupons', percent, withFault(fault))
      expect(headers).not.toHaveProperty('original-request')
      expect(headers).not.toHaveProperty('stripe-should-retry')
    }
    const slow = s.call('POST', '/v1/coupons', percent, withFault('latency;ms=30'))
    const twin = await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'latency;ms=30' })
    expect(twin.status).toBe(409)
    expect(twin.headers).not.toHaveProperty('original-request')
    await slow
  })
  fact('G', 'a replay does not forbid a retry', async (s) => {
    await s.ok('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
    const { headers } = await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
    expect(headers['idempotent-replayed']).toBe('true')
    expect(headers).not.toHaveProperty('stripe-should-retry')
  })
  fact('G', 'a key with one character after the prefix is well-formed', async (s) => {
    for (const key of ['sk_test_x', 'rk_live_1']) await s.ok('GET', '/v1/coupons', {}, { key })
    await refusal('GET', '/v1/coupons', {}, { status: 401 }, { key: 'sk_test_' })(s)
  })
  fact('G', 'before 2018-07-27 a fraction of a percent is refused, and one made later is shown rounded', async (s) => {
    const version = '2018-05-21'
    const invalid = { code: 'parameter_invalid_integer', param: 'percent_off', message: 'Invalid integer: 12.5' }
    await refusal('POST', '/v1/coupons', { percent_off: 12.5 }, invalid, { version })(s)
    await s.ok('POST', '/v1/coupons', { id: 'A', percent_off: 12.5 })
    expect((await s.call('GET', '/v1/coupons/A', {}, { version })).text).toContain('"percent_off":13,')
  })
})
