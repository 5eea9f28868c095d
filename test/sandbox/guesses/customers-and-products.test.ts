/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each guess is a test */
import { describe, expect } from 'vitest'
import { fact, percent, promotionOf, refusal, withCouponA } from '../../support/sandbox-facts.ts'

const old = { version: '2024-06-20' }

describe('what is guessed of customers, products and accounts', () => {
  fact('G', 'a customer without a discount has none to delete', async (s) => {
    const { id } = await s.ok('POST', '/v1/customers')
    const expected = {
      status: 404,
      code: 'resource_missing',
      message: `No active discount for customer: ${id}`,
    }
    await refusal('DELETE', `/v1/customers/${id}/discount`, {}, expected)(s)
  })
  fact('G', 'an update replaces the whole of an address', async (s) => {
    const { id } = await s.ok('POST', '/v1/customers', { address: { city: 'London', country: 'GB' } })
    const { address } = await s.ok('POST', `/v1/customers/${id}`, { address: { line1: '1 High St' } })
    expect(address).toMatchObject({ line1: '1 High St', city: null, country: null })
  })
  fact(
    'G',
    'a customer takes a coupon or a promotion code, not both, and nothing is made when it is refused',
    withCouponA(async (s) => {
      const both = { coupon: 'A', promotion_code: 'promo_x' }
      await refusal('POST', '/v1/customers', both, { param: 'coupon' }, old)(s)
      const missing = { code: 'resource_missing', param: 'coupon', message: "No such coupon: 'B'" }
      await refusal('POST', '/v1/customers', { coupon: 'B' }, missing, old)(s)
      expect((await s.ok('GET', '/v1/customers')).data).toEqual([])
    }),
  )
  fact(
    'G',
    'the promotion code of a discount can be expanded further, and its deleted customer is a stub',
    withCouponA(async (s) => {
      const { id } = await s.ok('POST', '/v1/customers')
      const code = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), customer: id })
      await s.ok('POST', '/_sandbox/redemptions', { promotion_code: code.id, customer: id })
      const expand = ['discount.promotion_code.promotion.coupon']
      const { discount } = await s.ok('GET', `/v1/customers/${id}`, { expand })
      expect(discount.promotion_code.promotion.coupon).toMatchObject({ id: 'A', object: 'coupon' })
      await s.ok('DELETE', `/v1/customers/${id}`)
      const { customer } = await s.ok('GET', `/v1/promotion_codes/${code.id}`, { expand: ['customer'] })
      expect(customer).toEqual({ id, object: 'customer', deleted: true })
    }),
  )
  fact('G', 'a coupon still names a deleted product', async (s) => {
    await s.ok('POST', '/v1/products', { id: 'P', name: 'Plan' })
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A', applies_to: { products: ['P'] } })
    await s.ok('DELETE', '/v1/products/P')
    const coupon = await s.ok('GET', '/v1/coupons/A', { expand: ['applies_to'] })
    expect(coupon.applies_to).toEqual({ products: ['P'] })
  })
  fact('G', 'too many images are refused', async (s) => {
    const images = Array.from({ length: 9 }, (_, n) => `https://example.com/${n}.png`)
    await refusal('POST', '/v1/products', { name: 'Plan', images }, { param: 'images' })(s)
  })
  fact('G', 'a capability that is requested is active at once', async (s) => {
    const capabilities = { card_payments: { requested: true }, transfers: { requested: false } }
    const account = await s.ok('POST', '/v1/accounts', { type: 'custom', capabilities })
    expect(account.capabilities).toEqual({ card_payments: 'active', transfers: 'inactive' })
    const wrong = { code: 'parameter_unknown', param: 'capabilities[transfers][wat]' }
    await refusal('POST', '/v1/accounts', { capabilities: { transfers: { wat: 1 } } }, wrong)(s)
  })
  fact('G', 'an account takes a type or a controller, not both', async (s) => {
    const both = { type: 'express', controller: { fees: { payer: 'account' } } }
    await refusal('POST', '/v1/accounts', both, { param: 'controller' })(s)
  })
})
