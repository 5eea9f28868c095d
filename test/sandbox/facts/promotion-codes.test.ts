/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { fact, promotionOf, refusal, withCouponA } from '../../support/sandbox-facts.ts'

const before = '2025-08-27.basil'

describe('a promotion code', () => {
  fact(
    'S',
    'before 2025-09-30.clover a code takes coupon and shows the whole of it',
    withCouponA(async (s) => {
      const code = await s.ok('POST', '/v1/promotion_codes', { coupon: 'A' }, { version: before })
      expect(code).toMatchObject({ coupon: { id: 'A', object: 'coupon', percent_off: 25 } })
      expect(code).not.toHaveProperty('promotion')
      const { status } = await s.refused('POST', '/v1/promotion_codes', promotionOf('A'), { version: before })
      expect(status).toBe(400)
    }),
  )
  fact(
    'R',
    'from then on a code shows the id of its coupon, and the whole when expanded',
    withCouponA(async (s) => {
      const code = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'), { version: '2025-09-30.clover' })
      expect(code.promotion).toEqual({ coupon: 'A', type: 'coupon' })
      const whole = await s.ok('GET', `/v1/promotion_codes/${code.id}`, { expand: ['promotion.coupon'] })
      expect(whole.promotion).toMatchObject({ coupon: { id: 'A', object: 'coupon' }, type: 'coupon' })
    }),
  )
  fact(
    'S',
    'the filter of the list is called coupon in every version',
    withCouponA(async (s) => {
      const { id } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
      for (const version of [before, '2026-08-26.dahlia']) {
        expect((await s.ok('GET', '/v1/promotion_codes', { coupon: 'A' }, { version })).data).toMatchObject([{ id }])
      }
    }),
  )
  fact(
    'S',
    'a discount names its coupon in source; before, the coupon stood there whole',
    withCouponA(async (s) => {
      const { id } = await s.ok('POST', '/v1/customers')
      expect((await s.ok('POST', '/_sandbox/redemptions', { coupon: 'A', customer: id })).source.coupon).toBe('A')
      expect((await s.ok('GET', `/v1/customers/${id}`, {}, { version: before })).discount.coupon.id).toBe('A')
    }),
  )
  fact(
    'R',
    'fourteen keys',
    withCouponA(async (s) => {
      const { id, code, ...rest } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
      expect(id).toMatch(/^promo_1[A-Za-z0-9]{23}$/)
      expect(code).toMatch(/^[A-Z0-9]{8}$/)
      expect(rest).toEqual({
        object: 'promotion_code',
        active: true,
        created: 1_800_000_000,
        customer: null,
        customer_account: null,
        expires_at: null,
        livemode: false,
        max_redemptions: null,
        metadata: {},
        promotion: { coupon: 'A', type: 'coupon' },
        restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
        times_redeemed: 0,
      })
    }),
  )
  fact(
    'S',
    'currency_options of the restrictions are shown when expanded',
    withCouponA(async (s) => {
      const restrictions = {
        minimum_amount: 100,
        minimum_amount_currency: 'usd',
        currency_options: { eur: { minimum_amount: 90 } },
      }
      const code = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), restrictions })
      expect(code.restrictions).not.toHaveProperty('currency_options')
      const whole = await s.ok('GET', `/v1/promotion_codes/${code.id}`, { expand: ['restrictions.currency_options'] })
      expect(whole.restrictions.currency_options).toEqual({ eur: { minimum_amount: 90 } })
    }),
  )
  fact(
    'R',
    'an underscore is allowed in a code, a space is not',
    withCouponA(async (s) => {
      await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'a_b-C9' })
      await refusal(
        'POST',
        '/v1/promotion_codes',
        { ...promotionOf('A'), code: 'has spaces!' },
        {
          param: 'code',
          message:
            'This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value has spaces!).',
        },
      )(s)
    }),
  )
  fact(
    'S',
    'a code has up to 500 characters',
    withCouponA(async (s) => {
      await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'x'.repeat(500) })
      expect(
        await s.refused('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'x'.repeat(501) }),
      ).toMatchObject({ status: 400 })
    }),
  )
  fact(
    'S',
    'the case of a code is kept, and does not count',
    withCouponA(async (s) => {
      const { id, code } = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'Spring' })
      expect(code).toBe('Spring')
      expect(await s.refused('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'SPRING' })).toMatchObject({
        status: 400,
      })
      expect((await s.ok('GET', '/v1/promotion_codes', { code: 'sPRING' })).data).toMatchObject([{ id }])
    }),
  )
  fact(
    'S',
    'a spelling is free again once its code is inactive',
    withCouponA(async (s) => {
      const { id } = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'Spring' })
      await s.ok('POST', `/v1/promotion_codes/${id}`, { active: false })
      await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'spring' })
      expect(await s.refused('POST', `/v1/promotion_codes/${id}`, { active: true })).toMatchObject({ status: 400 })
    }),
  )
  fact(
    'S',
    'an update takes active, metadata, restrictions[currency_options] and expand',
    withCouponA(async (s) => {
      const { id } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
      for (const name of ['code', 'expires_at', 'max_redemptions', 'customer']) {
        expect(await s.refused('POST', `/v1/promotion_codes/${id}`, { [name]: '1' })).toMatchObject({
          code: 'parameter_unknown',
          param: name,
        })
      }
      const update = {
        active: false,
        metadata: { a: 'b' },
        restrictions: { currency_options: { eur: { minimum_amount: 1 } } },
      }
      expect(await s.ok('POST', `/v1/promotion_codes/${id}`, update)).toMatchObject({
        active: false,
        metadata: { a: 'b' },
      })
    }),
  )
  fact(
    'S',
    'a code is active only while its coupon is valid',
    withCouponA(
      async (s) => {
        const { id } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
        s.clock.now += 200
        expect(await s.ok('GET', `/v1/promotion_codes/${id}`)).toMatchObject({ active: false })
        expect((await s.ok('GET', '/v1/promotion_codes', { active: true })).data).toEqual([])
        expect((await s.ok('GET', '/v1/promotion_codes', { active: false })).data).toMatchObject([{ id }])
      },
      { redeem_by: 1_800_000_100 },
    ),
  )
  fact(
    'S',
    'codes are listed by customer, and by account of a customer',
    withCouponA(async (s) => {
      const customer = (await s.ok('POST', '/v1/customers')).id
      const own = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), customer })
      const other = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), customer_account: 'acct_x' })
      expect((await s.ok('GET', '/v1/promotion_codes', { customer })).data).toMatchObject([{ id: own.id }])
      expect((await s.ok('GET', '/v1/promotion_codes', { customer_account: 'acct_x' })).data).toMatchObject([
        { id: other.id },
      ])
    }),
  )
})
