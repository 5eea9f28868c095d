/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { fact, promotionOf, refusal, type Refusal, type Show, withCouponA } from '../../support/sandbox-facts.ts'
import type { Params } from '../../support/sandbox.ts'

const codeRefused = (params: Params, expected: Refusal): Show =>
  withCouponA(refusal('POST', '/v1/promotion_codes', { ...promotionOf('A'), ...params }, expected))

describe('a promotion code is refused', () => {
  fact(
    'R',
    'from 2025-09-30.clover on coupon is unknown',
    withCouponA(
      refusal(
        'POST',
        '/v1/promotion_codes',
        { coupon: 'A' },
        {
          code: 'parameter_unknown',
          param: 'coupon',
          message: 'Received unknown parameter: coupon',
        },
        { version: '2025-09-30.clover' },
      ),
    ),
  )
  fact(
    'R',
    'a second active code of one spelling is refused',
    withCouponA(async (s) => {
      await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 's07-promo' })
      await refusal(
        'POST',
        '/v1/promotion_codes',
        { ...promotionOf('A'), code: 's07-promo' },
        {
          message: 'An active promotion code with `code: s07-promo` already exists.',
        },
      )(s)
    }),
  )
  fact(
    'S',
    'expires_at may not be after redeem_by',
    withCouponA(
      async (s) => {
        const late = { ...promotionOf('A'), expires_at: s.clock.now + 101 }
        expect(await s.refused('POST', '/v1/promotion_codes', late)).toMatchObject({ status: 400 })
        await s.ok('POST', '/v1/promotion_codes', { ...late, expires_at: s.clock.now + 100 })
      },
      { redeem_by: 1_800_000_100 },
    ),
  )
  fact(
    'S',
    "max_redemptions may not be above the coupon's",
    withCouponA(
      async (s) => {
        expect(
          await s.refused('POST', '/v1/promotion_codes', { ...promotionOf('A'), max_redemptions: 3 }),
        ).toMatchObject({ status: 400 })
        await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), max_redemptions: 2 })
      },
      { max_redemptions: 2 },
    ),
  )
  fact(
    'S',
    'a used-up code is inactive and cannot come back',
    withCouponA(async (s) => {
      const { id } = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), max_redemptions: 1, code: 'one' })
      const customer = await s.ok('POST', '/v1/customers')
      await s.ok('POST', '/_sandbox/redemptions', { code: 'ONE', customer: customer.id })
      expect(await s.ok('GET', `/v1/promotion_codes/${id}`)).toMatchObject({ active: false, times_redeemed: 1 })
      expect(await s.refused('POST', `/v1/promotion_codes/${id}`, { active: true })).toMatchObject({ status: 400 })
    }),
  )
  fact(
    'R',
    'promotion without a coupon: its param has a dot',
    refusal(
      'POST',
      '/v1/promotion_codes',
      { promotion: { type: 'coupon' } },
      {
        param: 'promotion.coupon',
        message: 'You must pass promotion.coupon when passing promotion',
      },
    ),
  )
  fact(
    'R',
    'an unknown customer',
    codeRefused(
      { customer: 'cus_nope' },
      {
        code: 'resource_missing',
        param: 'customer',
        message: "No such customer: 'cus_nope'",
      },
    ),
  )
  fact(
    'R',
    'expires_at in the past',
    codeRefused(
      { expires_at: 1000 },
      {
        param: 'expires_at',
        message:
          'The parameter `expires_at` expects a unix timestamp representing a date and time in the future. You specified the value `1000` which is in the past.',
      },
    ),
  )
  fact(
    'R',
    'expires_at more than five years ahead',
    codeRefused(
      { expires_at: 1_800_000_000 + 6 * 365 * 86_400 },
      {
        param: 'expires_at',
        message: 'Invalid timestamp: can be no more than five years in the future.',
      },
    ),
  )
  fact(
    'R',
    'a missing promotion code is two words',
    refusal(
      'GET',
      '/v1/promotion_codes/promo_nope',
      {},
      {
        status: 404,
        code: 'resource_missing',
        param: 'promotion_code',
        message: "No such promotion code: 'promo_nope'",
      },
    ),
  )
})
