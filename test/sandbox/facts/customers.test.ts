/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { fact, refusal, withCouponA } from '../../support/sandbox-facts.ts'

const redemptions = '/_sandbox/redemptions'
const beforeBasil = '2025-02-24.acacia'
const beforeClover = '2025-08-27.basil'

describe('a customer', () => {
  fact('R', 'has these keys when it is new', async (s) => {
    const { id, invoice_prefix: prefix, ...rest } = await s.ok('POST', '/v1/customers', { email: 'gob@example.com' })
    expect(id).toMatch(/^cus_[A-Za-z0-9]{14}$/)
    expect(prefix).toMatch(/^[A-Z0-9]{8}$/)
    expect(rest).toEqual({
      object: 'customer',
      address: null,
      balance: 0,
      created: 1_800_000_000,
      currency: null,
      customer_account: null,
      default_source: null,
      delinquent: false,
      description: null,
      discount: null,
      email: 'gob@example.com',
      invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
      livemode: false,
      metadata: {},
      name: null,
      next_invoice_sequence: 1,
      phone: null,
      preferred_locales: [],
      shipping: null,
      tax_exempt: 'none',
      test_clock: null,
    })
  })
  fact('S', 'takes an address, a shipping address, locales and a balance', async (s) => {
    const address = { line1: '1 Main St', city: 'Springfield', country: 'US' }
    const all = { ...address, line2: null, postal_code: null, state: null }
    const customer = await s.ok('POST', '/v1/customers', {
      address,
      shipping: { address, name: 'Ada' },
      preferred_locales: ['de', 'en'],
      balance: -500,
    })
    expect(customer).toMatchObject({ address: all, preferred_locales: ['de', 'en'], balance: -500 })
    expect(customer.shipping).toEqual({ address: all, name: 'Ada', phone: null })
  })
  fact('S', 'keeps on update what is not named, and clears what is empty', async (s) => {
    const { id } = await s.ok('POST', '/v1/customers', {
      name: 'Ada',
      email: 'a@example.com',
      address: { city: 'London' },
      metadata: { a: '1' },
    })
    const changed = await s.ok('POST', `/v1/customers/${id}`, { email: null, metadata: { b: '2' } })
    expect(changed).toMatchObject({
      name: 'Ada',
      email: null,
      address: { city: 'London' },
      metadata: { a: '1', b: '2' },
    })
    expect(await s.ok('POST', `/v1/customers/${id}`, { address: null })).toMatchObject({ address: null })
    expect(await s.ok('GET', `/v1/customers/${id}`)).toMatchObject({ address: null, name: 'Ada' })
  })
  fact('S', 'leaves a stub when it is deleted, and is in no list', async (s) => {
    const { id } = await s.ok('POST', '/v1/customers')
    const stub = { id, object: 'customer', deleted: true }
    expect(await s.ok('DELETE', `/v1/customers/${id}`)).toEqual(stub)
    expect(await s.ok('GET', `/v1/customers/${id}`)).toEqual(stub)
    expect((await s.ok('GET', '/v1/customers')).data).toEqual([])
    await refusal('POST', `/v1/customers/${id}`, {}, { status: 404, code: 'resource_missing', param: 'customer' })(s)
  })
  fact('R', 'is still a cursor when it is deleted', async (s) => {
    const [a, b, c] = [
      await s.ok('POST', '/v1/customers'),
      await s.ok('POST', '/v1/customers'),
      await s.ok('POST', '/v1/customers'),
    ]
    await s.ok('DELETE', `/v1/customers/${b.id}`)
    expect((await s.ok('GET', '/v1/customers', { starting_after: b.id })).data).toEqual([a])
    expect((await s.ok('GET', '/v1/customers', { ending_before: b.id })).data).toEqual([c])
  })
})

describe("a customer's discount", () => {
  fact(
    'S',
    'can be deleted, and is answered with what it was',
    withCouponA(async (s) => {
      const { id } = await s.ok('POST', '/v1/customers')
      const { end: _, ...discount } = await s.ok('POST', redemptions, { coupon: 'A', customer: id })
      expect(await s.ok('DELETE', `/v1/customers/${id}/discount`)).toEqual({ ...discount, deleted: true })
      expect(await s.ok('GET', `/v1/customers/${id}`)).toMatchObject({ discount: null })
      expect(await s.ok('GET', '/v1/coupons/A')).toMatchObject({ times_redeemed: 1 })
    }),
  )
  fact(
    'S',
    'expands its coupon and its promotion code',
    withCouponA(async (s) => {
      const { id } = await s.ok('POST', '/v1/customers')
      const promotion = { type: 'coupon', coupon: 'A' }
      const code = await s.ok('POST', '/v1/promotion_codes', { promotion, code: 'SPRING' })
      await s.ok('POST', redemptions, { code: 'SPRING', customer: id })
      const expand = ['discount.source.coupon', 'discount.promotion_code']
      const customer = await s.ok('GET', `/v1/customers/${id}`, { expand })
      expect(customer.discount.source).toMatchObject({ coupon: { id: 'A', object: 'coupon' }, type: 'coupon' })
      expect(customer.discount.promotion_code).toMatchObject({ id: code.id, code: 'SPRING', times_redeemed: 1 })
      const [listed] = (await s.ok('GET', '/v1/customers', { expand: expand.map((path) => `data.${path}`) })).data
      expect(listed).toEqual(customer)
    }),
  )
  fact(
    'S',
    'is set by coupon on create and by promotion_code on update, before 2025-03-31.basil',
    withCouponA(async (s) => {
      const old = { version: beforeBasil }
      const made = await s.ok('POST', '/v1/customers', { coupon: 'A' }, old)
      expect(made.discount).toMatchObject({ customer: made.id, coupon: { id: 'A' }, promotion_code: null })
      expect(await s.ok('GET', '/v1/coupons/A')).toMatchObject({ times_redeemed: 1 })
      const code = await s.ok('POST', '/v1/promotion_codes', { coupon: 'A' }, old)
      const update = { promotion_code: code.id, name: 'Ada' }
      const updated = await s.ok('POST', `/v1/customers/${made.id}`, update, old)
      expect(updated).toMatchObject({ name: 'Ada', discount: { promotion_code: code.id } })
      expect(await s.ok('GET', `/v1/customers/${made.id}`, {}, old)).toEqual(updated)
    }),
  )
  fact(
    'S',
    'is not set so from 2025-03-31.basil on',
    withCouponA(async (s) => {
      for (const version of ['2025-03-31.basil', beforeClover, '2026-08-26.dahlia']) {
        for (const param of ['coupon', 'promotion_code']) {
          const unknown = { code: 'parameter_unknown', param }
          await refusal('POST', '/v1/customers', { [param]: 'A' }, unknown, { version })(s)
        }
      }
    }),
  )
})
