import { describe, expect, test } from 'vitest'
import type { StripeCoupon } from '../stripe/coupons.ts'
import type { StripePromotionCode } from '../stripe/promotion-codes.ts'
import { isAsAsked, matchCoupon, matchPromotionCode, type Terms } from './matching.ts'

/** As Stripe has it, as far as it is compared. */
const coupon = (more: object = {}) =>
  ({ object: 'coupon', id: 'TEN', duration: 'once', name: null, metadata: {}, ...more }) as StripeCoupon
const code = (more: object = {}) =>
  ({
    object: 'promotion_code',
    id: 'promo_1',
    active: true,
    code: 'SUMMER',
    customer: null,
    expires_at: null,
    metadata: {},
    promotion: { type: 'coupon', coupon: 'TEN' },
    restrictions: { first_time_transaction: false },
    ...more,
  }) as StripePromotionCode

describe('a coupon', () => {
  test.each<[Terms, object]>([
    [{}, {}],
    [{ duration: 'once' }, { percent_off: null }],
    [
      { percent_off: 10, name: 'Ten' },
      { percent_off: 10, name: 'Ten' },
    ],
    [
      { duration: 'repeating', duration_in_months: 3 },
      { duration: 'repeating', duration_in_months: 3 },
    ],
    [{ metadata: { a: '1', b: '2' } }, { metadata: { b: '2', a: '1' } }],
    [{}, { metadata: null }],
  ])('that was asked for by %j is exactly %j', (terms, more) => {
    expect(matchCoupon(terms, coupon(more))).toBe('exact')
  })

  test.each<[Terms, object]>([
    [{}, { name: 'Ten' }],
    [{ name: 'Ten' }, {}],
    [{ name: 'Ten' }, { name: 'Eleven' }],
    [{ metadata: { a: '1' } }, {}],
    [{ metadata: { a: '1' } }, { metadata: { a: '2' } }],
    [{ metadata: { a: '1' } }, { metadata: { b: '1' } }],
    [{}, { metadata: { a: '1' } }],
  ])('that was asked for by %j may have been changed into %j', (terms, more) => {
    expect(matchCoupon(terms, coupon(more))).toBe('altered')
  })

  test.each(['percent_off', 'amount_off', 'currency', 'duration_in_months', 'max_redemptions', 'redeem_by'])(
    'is another one where it differs in %s',
    (field) => {
      expect(matchCoupon({ [field]: 1 }, coupon({ [field]: 1 }))).toBe('exact')
      expect(matchCoupon({ [field]: 1 }, coupon({ [field]: 2 }))).toBe('other')
      expect(matchCoupon({ [field]: 1 }, coupon())).toBe('other')
      expect(matchCoupon({}, coupon({ [field]: 1 }))).toBe('other')
    },
  )

  test('is another one where it has another duration', () => {
    expect(matchCoupon({}, coupon({ duration: 'forever' }))).toBe('other')
    expect(matchCoupon({ duration: 'forever' }, coupon())).toBe('other')
  })
})

describe('a promotion code', () => {
  const promotion = { type: 'coupon', coupon: 'TEN' }

  test.each<[Terms, object]>([
    [{}, {}],
    [{}, { promotion: { type: 'coupon', coupon: { id: 'TEN' } } }],
    [{ code: 'summer' }, {}],
    [{ code: 'SUMMER' }, { code: 'Summer' }],
    [{ customer: 'cus_1' }, { customer: 'cus_1' }],
    [{ customer: 'cus_1' }, { customer: { id: 'cus_1' } }],
    [{ active: false }, { active: false }],
    [{ max_redemptions: 5 }, { max_redemptions: 5 }],
    [{ expires_at: 5 }, { expires_at: 5 }],
    // Stripe gives it the end of its coupon.
    [{}, { expires_at: 5 }],
    [{ restrictions: { first_time_transaction: true } }, { restrictions: { first_time_transaction: true } }],
    [
      { restrictions: { minimum_amount: 5, minimum_amount_currency: 'usd' } },
      { restrictions: { first_time_transaction: false, minimum_amount: 5, minimum_amount_currency: 'usd' } },
    ],
    [{ metadata: { a: '1' } }, { metadata: { a: '1' } }],
  ])('that was asked for by %j is exactly %j', (terms, more) => {
    expect(matchPromotionCode({ promotion, ...terms }, code(more))).toBe('exact')
  })

  test.each<[Terms, object]>([
    [{}, { active: false }],
    [{ active: false }, {}],
    [{}, { metadata: { a: '1' } }],
  ])('that was asked for by %j may have been changed into %j', (terms, more) => {
    expect(matchPromotionCode({ promotion, ...terms }, code(more))).toBe('altered')
  })

  test.each<[Terms, object]>([
    [{ promotion: { coupon: 'ELEVEN' } }, {}],
    [{ promotion: undefined }, {}],
    [{ promotion: 'TEN' }, {}],
    [{}, { promotion: { type: 'coupon', coupon: { id: 'ELEVEN' } } }],
    [{}, { promotion: { type: 'coupon', coupon: null } }],
    [{ code: 'WINTER' }, {}],
    [{ code: 5 }, {}],
    [{ customer: 'cus_1' }, {}],
    [{}, { customer: 'cus_1' }],
    [{ max_redemptions: 5 }, {}],
    [{}, { max_redemptions: 5 }],
    [{ expires_at: 5 }, {}],
    [{ restrictions: { first_time_transaction: true } }, {}],
    [{}, { restrictions: { first_time_transaction: true } }],
    [{ restrictions: { minimum_amount: 5 } }, {}],
    [{}, { restrictions: { first_time_transaction: false, minimum_amount: 5 } }],
    [{ restrictions: { minimum_amount_currency: 'usd' } }, {}],
    [{}, { restrictions: { first_time_transaction: false, minimum_amount_currency: 'usd' } }],
  ])('that was asked for by %j is not %j', (terms, more) => {
    expect(matchPromotionCode({ promotion, ...terms }, code(more))).toBe('other')
  })
})

describe('an update', () => {
  test.each<[Terms, object]>([
    [{}, {}],
    [{ name: 'Ten' }, { name: 'Ten' }],
    [{ name: '' }, { name: null }],
    [{ metadata: { a: '1' } }, { metadata: { a: '1', b: '2' } }],
    [{ metadata: { a: '', c: null } }, { metadata: { b: '2' } }],
    [{ metadata: '' }, { metadata: {} }],
    [{ metadata: '' }, { metadata: null }],
  ])('by %j was made where a coupon has %j', (terms, more) => {
    expect(isAsAsked(terms, coupon(more))).toBe(true)
  })

  test.each<[Terms, object]>([
    [{ name: 'Ten' }, { name: 'Eleven' }],
    [{ name: 'Ten' }, { name: null }],
    [{ name: '' }, { name: 'Ten' }],
    [{ metadata: { a: '1', b: '2' } }, { metadata: { a: '1' } }],
    [{ metadata: { a: '' } }, { metadata: { a: '1' } }],
    [{ metadata: '' }, { metadata: { a: '1' } }],
  ])('by %j was not made where a coupon has %j', (terms, more) => {
    expect(isAsAsked(terms, coupon(more))).toBe(false)
  })

  test('of a code is told by whether it is active, whatever is shown of its coupon', () => {
    const terms = { active: false, expand: ['promotion.coupon'] }
    expect(isAsAsked(terms, code({ active: false }))).toBe(true)
    expect(isAsAsked(terms, code())).toBe(false)
    expect(isAsAsked({ active: true }, code())).toBe(true)
    expect(isAsAsked({ metadata: { a: '1' } }, code({ metadata: { a: '1' } }))).toBe(true)
  })

  test('of anything else is not shown', () => {
    expect(isAsAsked({ name: 'Ten', currency_options: { eur: { amount_off: 5 } } }, coupon({ name: 'Ten' }))).toBe(
      undefined,
    )
  })
})
