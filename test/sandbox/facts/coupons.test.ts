/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { coupons, fact, idsOf, percent, promotionOf, refusal } from '../../support/sandbox-facts.ts'

describe('a coupon', () => {
  fact('R', 'fifteen keys, unset ones null, metadata {}', async (s) => {
    expect(await s.ok('POST', '/v1/coupons', { percent_off: 10, id: 'A' })).toEqual({
      id: 'A',
      object: 'coupon',
      amount_off: null,
      created: 1_800_000_000,
      currency: null,
      duration: 'once',
      duration_in_months: null,
      livemode: false,
      max_redemptions: null,
      metadata: {},
      name: null,
      percent_off: 10,
      redeem_by: null,
      times_redeemed: 0,
      valid: true,
    })
  })
  fact('R', 'applies_to and currency_options are not shown, even after the create that set them', async (s) => {
    const product = await s.ok('POST', '/v1/products', { name: 'P' })
    const coupon = await s.ok('POST', '/v1/coupons', {
      amount_off: 5,
      currency: 'usd',
      currency_options: { eur: { amount_off: 4 } },
      applies_to: { products: [product.id] },
    })
    expect(Object.keys(coupon)).toHaveLength(15)
    const whole = await s.ok('GET', `/v1/coupons/${coupon.id}`, { expand: ['applies_to', 'currency_options'] })
    expect(whole).toMatchObject({
      applies_to: { products: [product.id] },
      currency_options: { eur: { amount_off: 4 } },
    })
  })
  fact('R', 'percent_off is a float: 10 is 10.0', async (s) => {
    const { text } = await s.call('POST', '/v1/coupons', { percent_off: 10 })
    expect(text).toContain('"percent_off":10.0,')
  })
  fact('S', 'percent_off is an integer before 2018-07-27', async (s) => {
    const { text } = await s.call('POST', '/v1/coupons', { percent_off: 10 }, { version: '2018-05-21' })
    expect(text).toContain('"percent_off":10,')
  })
  fact('S', 'percent_off has two decimals', async (s) => {
    expect(await s.ok('POST', '/v1/coupons', { percent_off: '33.33' })).toMatchObject({ percent_off: 33.33 })
  })
  fact('S', 'duration left out is once', async (s) => {
    expect(await s.ok('POST', '/v1/coupons', percent)).toMatchObject({ duration: 'once' })
  })
  fact('R', 'a made id is eight letters and digits', async (s) => {
    expect((await s.ok('POST', '/v1/coupons', percent)).id).toMatch(/^[A-Za-z0-9]{8}$/)
  })
  fact('R', 'an own id is kept with its case', async (s) => {
    expect(await s.ok('POST', '/v1/coupons', { ...percent, id: 'PROBE26a' })).toMatchObject({ id: 'PROBE26a' })
  })
  fact('S', 'an own id has up to 5000 characters', async (s) => {
    const id = 'x'.repeat(5000)
    expect((await s.ok('POST', '/v1/coupons', { ...percent, id })).id).toBe(id)
    expect((await s.ok('GET', `/v1/coupons/${id}`)).id).toBe(id)
    expect(await s.refused('POST', '/v1/coupons', { ...percent, id: `${id}x` })).toMatchObject({ status: 400 })
  })
  fact('S', 'past redeem_by a coupon is listed and not valid', async (s) => {
    const { id } = await s.ok('POST', '/v1/coupons', { ...percent, redeem_by: s.clock.now + 10 })
    s.clock.now += 11
    expect((await s.ok('GET', '/v1/coupons')).data).toMatchObject([{ id, valid: false }])
  })
  fact('S', 'a coupon redeemed max_redemptions times is listed and not valid', async (s) => {
    const { id } = await s.ok('POST', '/v1/coupons', { ...percent, max_redemptions: 1 })
    const customer = await s.ok('POST', '/v1/customers')
    await s.ok('POST', '/_sandbox/redemptions', { coupon: id, customer: customer.id })
    expect((await s.ok('GET', '/v1/coupons')).data).toMatchObject([{ id, valid: false, times_redeemed: 1 }])
  })
  fact('S', 'amount_off of a currency without decimals is an integer too', async (s) => {
    expect(await s.ok('POST', '/v1/coupons', { amount_off: 500, currency: 'jpy' })).toMatchObject({ amount_off: 500 })
  })
  fact('R', 'an update takes nothing but name, metadata, currency_options and expand', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    for (const [name, value] of Object.entries({
      max_redemptions: 3,
      percent_off: 3,
      duration: 'once',
      redeem_by: 1,
      id: 'B',
    })) {
      await refusal(
        'POST',
        '/v1/coupons/A',
        { [name]: value },
        {
          code: 'parameter_unknown',
          param: name,
          message: `Received unknown parameter: ${name}`,
        },
      )(s)
    }
    const updated = await s.ok('POST', '/v1/coupons/A', { name: 'New', metadata: { a: 'b' } })
    expect(updated).toMatchObject({ id: 'A', name: 'New', metadata: { a: 'b' } })
  })
  fact('R', 'currencies can be added later, an existing amount not changed', async (s) => {
    await s.ok('POST', '/v1/coupons', {
      amount_off: 5,
      currency: 'usd',
      id: 'A',
      currency_options: { eur: { amount_off: 4 } },
    })
    const changed = { currency_options: { eur: { amount_off: 3 } } }
    expect(await s.refused('POST', '/v1/coupons/A', changed)).toMatchObject({ status: 400 })
    const added = { currency_options: { gbp: { amount_off: 3 } }, expand: ['currency_options'] }
    expect((await s.ok('POST', '/v1/coupons/A', added)).currency_options).toEqual({
      eur: { amount_off: 4 },
      gbp: { amount_off: 3 },
    })
  })
  fact('R', 'a delete answers with a stub', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    expect(await s.ok('DELETE', '/v1/coupons/A')).toEqual({ id: 'A', object: 'coupon', deleted: true })
  })
  fact('R', 'after a delete every call is 404 resource_missing', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    await s.ok('DELETE', '/v1/coupons/A')
    for (const method of ['GET', 'POST', 'DELETE']) {
      await refusal(
        method,
        '/v1/coupons/A',
        {},
        {
          status: 404,
          code: 'resource_missing',
          param: 'coupon',
          message: "No such coupon: 'A'",
        },
      )(s)
    }
  })
  fact('R', 'a deleted coupon is in no list', async (s) => {
    const [a = '', b = ''] = await coupons(s, 2)
    await s.ok('DELETE', `/v1/coupons/${a}`)
    expect(await idsOf(s)).toEqual([b])
  })
  fact('S', 'a discount outlives its coupon', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    const { id } = await s.ok('POST', '/v1/customers')
    await s.ok('POST', '/_sandbox/redemptions', { coupon: 'A', customer: id })
    await s.ok('DELETE', '/v1/coupons/A')
    expect((await s.ok('GET', `/v1/customers/${id}`)).discount.source).toEqual({ coupon: 'A', type: 'coupon' })
  })
  fact('S', 'the code of a deleted coupon is not active', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    const { id } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
    await s.ok('DELETE', '/v1/coupons/A')
    expect(await s.ok('GET', `/v1/promotion_codes/${id}`)).toMatchObject({ active: false })
    expect(await s.refused('POST', `/v1/promotion_codes/${id}`, { active: true })).toMatchObject({ status: 400 })
  })
})
