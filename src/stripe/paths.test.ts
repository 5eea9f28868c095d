import { expect, test } from 'vitest'
import { objectPath, queryString } from './paths.ts'

test('an id stands in a path percent-encoded, so that it can name nothing else', () => {
  expect(objectPath('coupon', 'SUMMER20')).toBe('/v1/coupons/SUMMER20')
  expect(objectPath('promotion_code', 'promo_1')).toBe('/v1/promotion_codes/promo_1')
  expect(objectPath('coupon', '../accounts?a=b#c')).toBe('/v1/coupons/..%2Faccounts%3Fa%3Db%23c')
  expect(objectPath('coupon', '...')).toBe('/v1/coupons/...')
})

test.each([
  ['coupon', '.', 'couponId', "No such coupon: '.'"],
  ['coupon', '..', 'couponId', "No such coupon: '..'"],
  ['promotion_code', '.', 'promotionCodeId', "No such promotion code: '.'"],
] as const)('a %s of the id %s, which no path can name, is refused as missing', (type, id, param, message) => {
  expect(() => objectPath(type, id)).toThrow(expect.objectContaining({ code: 'not_found', param, message }))
})

test('a query has what is defined, encoded, and none is no question mark', () => {
  expect(queryString({ limit: 0, active: false, code: 'a&b', coupon: '', customer: undefined })).toBe(
    '?limit=0&active=false&code=a%26b&coupon=',
  )
  expect(queryString({ limit: undefined })).toBe('')
})
