import { expect, test } from 'vitest'
import { endpointOf } from './observer.ts'

test.each([
  ['POST', '/v1/coupons', 'POST /v1/coupons'],
  ['GET', '/v1/coupons?limit=1', 'GET /v1/coupons'],
  ['GET', '/v1/coupons/SUMMER%2F20', 'GET /v1/coupons/{id}'],
  ['GET', '/v1/promotion_codes/promo_1?expand%5B0%5D=a/b', 'GET /v1/promotion_codes/{id}'],
])('of %s %s the endpoint is %s, without ids', (method, path, endpoint) => {
  expect(endpointOf(method, path)).toBe(endpoint)
})
