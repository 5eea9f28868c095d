import { describe, expect, test } from 'vitest'
import { percent } from '../support/sandbox-facts.ts'
import { open, type Params } from '../support/sandbox.ts'

const apply = '/_sandbox/redemptions'

async function prepared(coupon: Params, code: Params = {}) {
  const s = open()
  await s.ok('POST', '/v1/coupons', { ...percent, id: 'A', ...coupon })
  await s.ok('POST', '/v1/promotion_codes', { promotion: { type: 'coupon', coupon: 'A' }, code: 'CODE', ...code })
  const customer: string = (await s.ok('POST', '/v1/customers')).id
  return { ...s, customer }
}

describe('redeeming, which is all our own', () => {
  test('counts for the coupon and the code, and gives the customer a discount', async () => {
    const s = await prepared({ duration: 'repeating', duration_in_months: 3 })
    const discount = await s.ok('POST', apply, { code: 'code', customer: s.customer })
    expect(discount).toMatchObject({ customer: s.customer, source: { coupon: 'A' }, start: s.clock.now })
    expect(discount.end).toBeGreaterThan(s.clock.now + 85 * 86_400)
    expect(await s.ok('GET', '/v1/coupons/A')).toMatchObject({ times_redeemed: 1 })
    expect((await s.ok('GET', '/v1/promotion_codes')).data).toMatchObject([{ times_redeemed: 1 }])
    expect((await s.ok('GET', `/v1/customers/${s.customer}`)).discount).toEqual(discount)
  })

  test('of two racing for the last place one wins', async () => {
    const s = await prepared({ max_redemptions: 1 })
    const answers = await Promise.all([1, 2].map(() => s.call('POST', apply, { coupon: 'A', customer: s.customer })))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400])
    expect(await s.ok('GET', '/v1/coupons/A')).toMatchObject({ times_redeemed: 1, valid: false })
  })

  test('refuses what has expired or is used up, with coupon_expired', async () => {
    const s = await prepared({ max_redemptions: 1, redeem_by: 1_800_000_100 })
    await s.ok('POST', apply, { coupon: 'A', customer: s.customer })
    expect(await s.refused('POST', apply, { coupon: 'A', customer: s.customer })).toMatchObject({
      code: 'coupon_expired',
    })
    s.clock.now += 200
    expect(await s.refused('POST', apply, { coupon: 'A', customer: s.customer })).toMatchObject({
      code: 'coupon_expired',
    })
  })

  test('keeps to the restrictions of a code', async () => {
    const restrictions = { first_time_transaction: true, minimum_amount: 100, minimum_amount_currency: 'usd' }
    const s = await prepared({}, { restrictions })
    const redeem = (more: Params) => s.call('POST', apply, { code: 'CODE', customer: s.customer, ...more })
    expect((await redeem({ amount: 99, currency: 'usd' })).status).toBe(400)
    expect((await redeem({ amount: 100, currency: 'eur' })).status).toBe(400)
    expect((await redeem({})).status).toBe(400)
    expect((await redeem({ amount: 100, currency: 'usd' })).status).toBe(200)
    expect((await redeem({ amount: 100, currency: 'usd' })).status).toBe(400)
  })

  test('keeps a code to its customer, and an amount to its currencies', async () => {
    const s = await prepared({
      percent_off: undefined,
      amount_off: 5,
      currency: 'usd',
      currency_options: { eur: { amount_off: 4 } },
    })
    const other = (await s.ok('POST', '/v1/customers')).id
    await s.ok('POST', '/v1/promotion_codes', {
      promotion: { type: 'coupon', coupon: 'A' },
      code: 'mine',
      customer: s.customer,
    })
    expect((await s.call('POST', apply, { code: 'mine', customer: other })).status).toBe(400)
    expect((await s.call('POST', apply, { code: 'mine', customer: s.customer, currency: 'gbp' })).status).toBe(400)
    expect((await s.call('POST', apply, { code: 'mine', customer: s.customer, currency: 'eur' })).status).toBe(200)
  })
})
