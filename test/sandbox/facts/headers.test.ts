/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { fact, percent, promotionOf } from '../../support/sandbox-facts.ts'

const withKey = { idempotencyKey: 'k' }

describe('the headers of an answer', () => {
  fact('R', 'forbid caching and allow every origin, on refusals too', async (s) => {
    for (const path of ['/v1/coupons', '/v1/coupons/nope', '/v1/nothing']) {
      expect((await s.call('GET', path)).headers).toMatchObject({
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
        'access-control-allow-origin': '*',
        'access-control-expose-headers':
          'Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, X-Stripe-Privileged-Session-Required',
        'access-control-max-age': '300',
        'cache-control': 'no-cache, no-store',
        vary: 'Origin',
      })
    }
  })
  fact('R', 'of a first POST under a key name itself as the original request and forbid a retry', async (s) => {
    const { headers } = await s.call('POST', '/v1/coupons', percent, withKey)
    expect(headers['original-request']).toBe(headers['request-id'])
    expect(headers['stripe-should-retry']).toBe('false')
  })
  fact('R', 'do so for a refusal that depends on the state', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    const { status, headers } = await s.call('POST', '/v1/coupons', { ...percent, id: 'A' }, withKey)
    expect(status).toBe(400)
    expect(headers['original-request']).toBe(headers['request-id'])
    expect(headers['stripe-should-retry']).toBe('false')
  })
  fact('R', 'do not forbid a retry where an object was missing or a value was invalid', async (s) => {
    for (const [path, params] of [
      ['/v1/promotion_codes', promotionOf('nope')],
      ['/v1/coupons', { amount_off: 0, currency: 'usd' }],
    ] as const) {
      const { status, headers } = await s.call('POST', path, params, { idempotencyKey: path })
      expect(status).toBe(400)
      expect(headers['original-request']).toBe(headers['request-id'])
      expect(headers['stripe-should-retry']).toBeUndefined()
    }
  })
  fact('R', 'of a request without a key name no original request', async (s) => {
    for (const method of ['GET', 'POST']) {
      const { headers } = await s.call(method, '/v1/coupons', method === 'POST' ? percent : {})
      expect(headers['original-request']).toBeUndefined()
      expect(headers['stripe-should-retry']).toBeUndefined()
    }
  })
  fact('R', 'of a DELETE echo its key, without an original request', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    const { headers } = await s.call('DELETE', '/v1/coupons/A', {}, withKey)
    expect(headers['idempotency-key']).toBe('k')
    expect(headers['original-request']).toBeUndefined()
  })
})
