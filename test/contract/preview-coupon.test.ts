import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, type TestServer, journalOf, startTestServer } from '../support/server.ts'

const daysAhead = (days: number) => Math.floor(Date.now() / 1000) + days * 86_400

describe('preview coupon', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  const preview = (data: unknown, samples?: unknown) =>
    server.call(`${server.coupons}/preview`, {
      method: 'POST',
      body: { data, ...(samples !== undefined && { samples }) },
    })
  const codesOf = (warnings: unknown) => (warnings as { code: string }[]).map(({ code }) => code)

  test('says the terms with every default, and makes nothing', async () => {
    const { status, body } = await preview({ name: 'Summer', amount_off: 500, currency: 'EUR' })
    expect(status).toBe(200)
    expect(body['coupon']).toEqual({
      id: null,
      amount_off: 500,
      applies_to: null,
      currency: 'eur',
      currency_options: null,
      duration: 'once',
      duration_in_months: null,
      max_redemptions: null,
      metadata: {},
      name: 'Summer',
      percent_off: null,
      redeem_by: null,
    })
    expect((await server.call(server.coupons)).body['data']).toEqual([])
    expect(await journalOf(server)).toEqual([])
  })

  test.each([
    [{ percent_off: 25, duration: 'once' }, '25% off the first invoice.'],
    [{ percent_off: 12.5, duration: 'forever' }, '12.5% off every invoice.'],
    [
      { percent_off: 25, duration: 'repeating', duration_in_months: 3, max_redemptions: 100, redeem_by: 1798675200 },
      '25% off every invoice for 3 months, at most 100 redemptions, until 31 Dec 2026 (UTC).',
    ],
    [{ percent_off: 5, duration: 'repeating', duration_in_months: 1 }, '5% off every invoice for 1 month.'],
    [
      { amount_off: 2000, currency: 'usd', max_redemptions: 1 },
      '20.00 USD off the first invoice, at most 1 redemption.',
    ],
    [{ amount_off: 5, currency: 'jpy' }, '5 JPY off the first invoice.'],
    [{ amount_off: 1500, currency: 'kwd' }, '1.500 KWD off the first invoice.'],
    [{ amount_off: 5, currency: 'usd' }, '0.05 USD off the first invoice.'],
    [
      { amount_off: 500, currency: 'usd', currency_options: { jpy: { amount_off: 700 } } },
      '5.00 USD or 700 JPY off the first invoice.',
    ],
    [{ percent_off: 5, applies_to: { products: ['a', 'b'] } }, '5% off the first invoice, on 2 products only.'],
  ])('%j reads "%s"', async (data, summary) => {
    expect((await preview(data)).body['summary']).toBe(summary)
  })

  test.each<[object, object, object]>([
    [{ percent_off: 25 }, { amount: 1000, currency: 'usd' }, { discount: 250, total: 750 }],
    [{ percent_off: 33.33 }, { amount: 4999, currency: 'usd' }, { discount: 1666, total: 3333 }],
    [{ percent_off: 50 }, { amount: 1, currency: 'jpy' }, { discount: 1, total: 0 }],
    [{ percent_off: 100 }, { amount: 0, currency: 'usd' }, { discount: 0, total: 0 }],
    [
      { percent_off: 1.01 },
      { amount: 9007199254740991, currency: 'usd' },
      { discount: 90972712472884, total: 8916226542268107 },
    ],
    [
      { amount_off: 1500, currency: 'usd' },
      { amount: 1000, currency: 'USD' },
      { currency: 'usd', discount: 1000, total: 0 },
    ],
    [
      { amount_off: 300, currency: 'usd' },
      { amount: 1000, currency: 'eur' },
      { applies: false, discount: 0, total: 1000 },
    ],
    [
      { amount_off: 300, currency: 'usd', currency_options: { eur: { amount_off: 250 } } },
      { amount: 1000, currency: 'eur' },
      { applies: true, discount: 250, total: 750 },
    ],
  ])('%j on %j is %j', async (data, sample, effect) => {
    expect((await preview(data, [sample])).body['effects']).toEqual([expect.objectContaining(effect)])
  })

  test.each<[string[], object, object[]]>([
    [['free_forever', 'unlimited'], { percent_off: 100, duration: 'forever' }, []],
    [['unlimited'], { percent_off: 10 }, []],
    [[], { percent_off: 10, max_redemptions: 5 }, []],
    [['expires_soon'], { percent_off: 10, redeem_by: daysAhead(0.9) }, []],
    [[], { percent_off: 10, redeem_by: daysAhead(2) }, []],
    [['covers_sample'], { amount_off: 900, currency: 'usd', max_redemptions: 1 }, [{ amount: 800, currency: 'usd' }]],
    [['other_currency'], { amount_off: 900, currency: 'usd', max_redemptions: 1 }, [{ amount: 800, currency: 'eur' }]],
  ])('warns of %j for %j on %j', async (codes, data, samples) => {
    expect(codesOf((await preview(data, samples)).body['warnings'])).toEqual(codes)
  })

  test.each<[unknown, unknown, string]>([
    [{ percent_off: 500 }, undefined, 'data.percent_off'],
    [{ amount_off: 5 }, undefined, 'data.currency'],
    [{ percent_off: 5, redeem_by: 1000 }, undefined, 'data.redeem_by'],
    [{ percent_off: 5 }, [{ amount: -1, currency: 'usd' }], 'samples.0.amount'],
    [
      { percent_off: 5 },
      [
        { amount: 1, currency: 'usd' },
        { amount: 1, currency: 'xyz' },
      ],
      'samples.1.currency',
    ],
    [{ percent_off: 5 }, [{ amount: 1 }], 'samples.0.currency'],
    [{ percent_off: 5 }, {}, 'samples'],
  ])('refuses %j with samples %j', async (data, samples, param) => {
    expectRefusal(await preview(data, samples), 400, 'invalid_request', { param, outcome: 'not_applied' })
  })
})
