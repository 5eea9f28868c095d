import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases, expectRefusal, type TestServer, journalOf, startTestServer } from '../support/server.ts'

const fields =
  'id object amount_off created currency duration duration_in_months livemode max_redemptions metadata name percent_off ' +
  'redeem_by times_redeemed valid'
const inDays = (days: number) => Math.floor(Date.now() / 1000) + days * 86_400

describe.each(databases)('create coupon, on %s', (database) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ database })
  })
  afterAll(() => server.close())

  const create = (data: unknown) => server.call(server.coupons, { method: 'POST', body: { data } })

  test('answers the documented example with 201 and the fifteen fields, unwrapped and in order', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { status, body } = await create({ name: 'Summer Sale', percent_off: 25, duration: 'once' })
    expect(status).toBe(201)
    expect(Object.keys(body)).toEqual(fields.split(' '))
    const { id, created, ...rest } = body
    expect(id).toMatch(/^[A-Za-z0-9]{8}$/)
    expect(created).toBeGreaterThanOrEqual(before)
    expect(rest).toEqual({
      object: 'coupon',
      amount_off: null,
      currency: null,
      duration: 'once',
      duration_in_months: null,
      livemode: false,
      max_redemptions: null,
      metadata: {},
      name: 'Summer Sale',
      percent_off: 25,
      redeem_by: null,
      times_redeemed: 0,
      valid: true,
    })
  })

  test('keeps every field of a coupon, and lower-cases the currency', async () => {
    const data = {
      id: 'LAUNCH-10',
      name: 'Zehn weniger – 10 €',
      amount_off: 1000,
      currency: 'EUR',
      duration: 'repeating',
      duration_in_months: 3,
      max_redemptions: 100,
      redeem_by: inDays(30),
      metadata: { campaign: 'launch', 'a b': 'ü&=+%' },
      currency_options: { usd: { amount_off: 1100 } },
    }
    const { status, body } = await create(data)
    const { currency_options: _, ...rest } = data
    expect(status).toBe(201)
    expect(body).toMatchObject({ ...rest, currency: 'eur', percent_off: null })
  })

  test.each([
    ['without a duration it is once', { percent_off: 10 }, { duration: 'once' }],
    ['without a name it shows the id', { percent_off: 10, id: 'NAMELESS' }, { name: 'NAMELESS' }],
    ['takes an empty name for none', { percent_off: 10, id: 'EMPTY', name: '' }, { name: 'EMPTY' }],
    ['keeps two decimals of a percentage', { percent_off: 33.33 }, { percent_off: 33.33 }],
    ['takes 1 percent', { percent_off: 1 }, { percent_off: 1 }],
    ['takes 100 percent', { percent_off: 100 }, { percent_off: 100 }],
    [
      'keeps a currency beside a percentage',
      { percent_off: 5, currency: 'usd' },
      { currency: 'usd', amount_off: null },
    ],
    [
      'takes one unit of a zero-decimal currency',
      { amount_off: 1, currency: 'jpy' },
      { amount_off: 1, currency: 'jpy' },
    ],
    [
      'takes a name of forty characters, however many bytes',
      { percent_off: 5, name: '🎉'.repeat(40) },
      { name: '🎉'.repeat(40) },
    ],
    ['takes a date almost five years away', { percent_off: 5, redeem_by: inDays(1820) }, { valid: true }],
  ])('%s', async (_, data, expected) => {
    const { status, body } = await create(data)
    expect(status).toBe(201)
    expect(body).toMatchObject(expected)
  })

  test.each<[string, unknown, string | undefined, RegExp]>([
    ['neither discount', { name: 'x' }, 'data.percent_off', /either/],
    ['an empty object', {}, 'data.percent_off', /either/],
    ['both discounts', { percent_off: 5, amount_off: 5, currency: 'usd' }, 'data.percent_off', /not both/],
    ['0 percent', { percent_off: 0 }, 'data.percent_off', /at least 1 and at most 100/],
    ['0.99 percent', { percent_off: 0.99 }, 'data.percent_off', /at least 1 and at most 100/],
    ['100.01 percent', { percent_off: 100.01 }, 'data.percent_off', /at least 1 and at most 100/],
    ['a negative percentage', { percent_off: -5 }, 'data.percent_off', /at least 1 and at most 100/],
    ['three decimals', { percent_off: 12.345 }, 'data.percent_off', /two decimals/],
    ['a tiny fraction', { percent_off: 10.0000001 }, 'data.percent_off', /two decimals/],
    ['a percentage as text', { percent_off: '25' }, 'data.percent_off', /must be a number/],
    ['a percentage of null', { percent_off: null }, 'data.percent_off', /must be a number/],
    ['a boolean percentage', { percent_off: true }, 'data.percent_off', /must be a number/],
    ['an amount of 0', { amount_off: 0, currency: 'usd' }, 'data.amount_off', /at least 1/],
    ['a negative amount', { amount_off: -1, currency: 'usd' }, 'data.amount_off', /at least 1/],
    ['a broken amount', { amount_off: 10.5, currency: 'usd' }, 'data.amount_off', /must be an integer/],
    ['an amount as text', { amount_off: '10', currency: 'usd' }, 'data.amount_off', /must be an integer/],
    ['an amount beyond exact numbers', { amount_off: 2 ** 53, currency: 'usd' }, 'data.amount_off', /at most/],
    ['an amount without currency', { amount_off: 10 }, 'data.currency', /required with data.amount_off/],
    ['an unknown currency', { amount_off: 10, currency: 'xyz' }, 'data.currency', /not a currency/],
    ['an unknown currency of a percentage', { percent_off: 10, currency: 'zzz' }, 'data.currency', /not a currency/],
    ['an unknown duration', { percent_off: 5, duration: 'always' }, 'data.duration', /once, repeating, forever/],
    ['repeating without months', { percent_off: 5, duration: 'repeating' }, 'data.duration_in_months', /required/],
    [
      'months of once',
      { percent_off: 5, duration: 'once', duration_in_months: 3 },
      'data.duration_in_months',
      /repeating/,
    ],
    ['months of no duration', { percent_off: 5, duration_in_months: 3 }, 'data.duration_in_months', /repeating/],
    [
      '0 months',
      { percent_off: 5, duration: 'repeating', duration_in_months: 0 },
      'data.duration_in_months',
      /at least 1/,
    ],
    [
      'half months',
      { percent_off: 5, duration: 'repeating', duration_in_months: 1.5 },
      'data.duration_in_months',
      /integer/,
    ],
    ['0 redemptions', { percent_off: 5, max_redemptions: 0 }, 'data.max_redemptions', /at least 1/],
    ['a redeem_by in the past', { percent_off: 5, redeem_by: inDays(-1) }, 'data.redeem_by', /in the future/],
    ['a redeem_by in six years', { percent_off: 5, redeem_by: inDays(6 * 365) }, 'data.redeem_by', /five years/],
    ['a redeem_by in milliseconds', { percent_off: 5, redeem_by: Date.now() }, 'data.redeem_by', /milliseconds/],
    ['a redeem_by as a date', { percent_off: 5, redeem_by: '2030-01-01' }, 'data.redeem_by', /integer/],
    ['a name of 41 characters', { percent_off: 5, name: 'x'.repeat(41) }, 'data.name', /at most 40 characters/],
    ['a blank name', { percent_off: 5, name: ' \t ' }, 'data.name', /control|blank/],
    ['a name with a line break', { percent_off: 5, name: 'a\nb' }, 'data.name', /control/],
    ['an empty id', { percent_off: 5, id: '' }, 'data.id', /empty/],
    ['an id with a NUL', { percent_off: 5, id: 'a\u0000' }, 'data.id', /control/],
    ['an id that no path can name', { percent_off: 5, id: '..' }, 'data.id', /path/],
    ['an id too long to ask for', { percent_off: 5, id: 'é'.repeat(1000) }, 'data.id', /5000/],
    ['an unknown field', { percent_off: 5, percentage: 5 }, 'data.percentage', /not a known field/],
    ['a field that only Stripe gives', { percent_off: 5, valid: true }, 'data.valid', /not a known field/],
    ['metadata that is not text', { percent_off: 5, metadata: { a: 1 } }, 'data.metadata.a', /must be a string/],
    ['a bracket in a metadata key', { percent_off: 5, metadata: { 'a[b]': 'x' } }, 'data.metadata.a[b]', /brackets/],
    ['an empty metadata key', { percent_off: 5, metadata: { '': 'x' } }, 'data.metadata.', /empty/],
    [
      'a metadata key of 41 characters',
      { percent_off: 5, metadata: { ['k'.repeat(41)]: 'x' } },
      `data.metadata.${'k'.repeat(41)}`,
      /40/,
    ],
    [
      'a metadata value of 501 characters',
      { percent_off: 5, metadata: { a: 'x'.repeat(501) } },
      'data.metadata.a',
      /500/,
    ],
    [
      '51 metadata keys',
      { percent_off: 5, metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, ''])) },
      'data.metadata',
      /50/,
    ],
    ['a list as metadata', { percent_off: 5, metadata: [] }, 'data.metadata', /must be an object/],
    ['applies_to without products', { percent_off: 5, applies_to: {} }, 'data.applies_to.products', /required/],
    ['applies_to of nothing', { percent_off: 5, applies_to: { products: [] } }, 'data.applies_to.products', /empty/],
    [
      'an unknown product',
      { percent_off: 5, applies_to: { products: ['prod_no'] } },
      'data.applies_to.products.0',
      /No such product/,
    ],
    [
      'options of a percentage',
      { percent_off: 5, currency_options: { eur: { amount_off: 5 } } },
      'data.currency_options',
      /amount_off/,
    ],
    [
      'an upper-case option',
      { amount_off: 5, currency: 'usd', currency_options: { EUR: { amount_off: 5 } } },
      'data.currency_options.EUR',
      /lower case/,
    ],
    [
      'an unknown option',
      { amount_off: 5, currency: 'usd', currency_options: { xyz: { amount_off: 5 } } },
      'data.currency_options.xyz',
      /not a currency/,
    ],
    [
      'an option of 0',
      { amount_off: 5, currency: 'usd', currency_options: { eur: { amount_off: 0 } } },
      'data.currency_options.eur.amount_off',
      /at least 1/,
    ],
    ['data as a list', [], 'data', /must be an object/],
    ['data as text', 'x', 'data', /must be an object/],
    ['data of null', null, 'data', /must be an object/],
  ])('refuses %s, names the field and says why', async (_, data, param, why) => {
    const answer = await create(data)
    expectRefusal(answer, 400, 'invalid_request', { param, retryable: false, outcome: 'not_applied' })
    expect(answer.body['error']).toMatch(why)
    // Only Stripe knows its products; all else is refused before Stripe is asked.
    expect(answer.headers.has('stripe-request-id')).toBe(param === 'data.applies_to.products.0')
  })

  test.each<[string, string | Buffer | undefined, RegExp]>([
    ['no body', undefined, /missing/],
    ['an empty body', '', /missing/],
    ['a body that is not JSON', '{"data":', /not valid JSON/],
    ['a body that is not an object', '[]', /must be an object/],
    ['a body of null', 'null', /missing/],
    ['a body without data', '{}', /data is required/],
    ['a field beside data', '{"data":{"percent_off":5},"extra":1}', /extra is not a known field/],
    ['a __proto__ key', '{"data":{"percent_off":5,"__proto__":{"name":"x"}}}', /__proto__/],
    ['half of a surrogate pair', String.raw`{"data":{"percent_off":5,"name":"\ud83c"}}`, /surrogate/],
    ['half of a surrogate pair in a key', String.raw`{"data":{"percent_off":5,"metadata":{"\udf89":""}}}`, /surrogate/],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /UTF-8/],
    ['100,000 nested lists', '['.repeat(100_000) + ']'.repeat(100_000), /must be an object/],
  ])('refuses %s', async (_, raw, why) => {
    const answer = await server.call(server.coupons, {
      method: 'POST',
      ...(raw === undefined ? { headers: { 'content-type': 'application/json' } } : { raw }),
    })
    expectRefusal(answer, 400, 'invalid_request', { outcome: 'not_applied' })
    expect(answer.body['error']).toMatch(why)
  })

  test('takes a name with an escaped emoji, and one that only looks like an escape', async () => {
    const raw = String.raw`{"data":{"percent_off":5,"name":"\ud83c\udf89 \\ud83c"}}`
    const { body } = await server.call(server.coupons, { method: 'POST', raw })
    expect(body['name']).toBe(String.raw`🎉 \ud83c`)
  })

  test('refuses a body that is not declared as JSON', async () => {
    const headers = { 'content-type': 'text/plain' }
    const answer = await server.call(server.coupons, { method: 'POST', raw: '{"data":{"percent_off":5}}', headers })
    expectRefusal(answer, 415, 'unsupported_media_type')
  })

  test.each(['utf-8', 'UTF8', '"utf-8"', 'utf8; x=y'])('takes a body with a charset of %s', async (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` }
    const answer = await server.call(server.coupons, { method: 'POST', raw: '{"data":{"percent_off":5}}', headers })
    expect(answer.status).toBe(201)
  })

  test.each([{ 'content-encoding': 'gzip' }, { 'content-type': 'application/json; charset=utf-16' }])(
    'refuses a body that says %j',
    async (headers) => {
      const raw = '{"data":{"percent_off":5}}'
      const answer = await server.call(server.coupons, { method: 'POST', raw, headers: { ...headers } })
      expectRefusal(answer, 415, 'unsupported_media_type')
    },
  )

  test('refuses an id that is taken, and changes nothing of the coupon that has it', async () => {
    await create({ id: 'TAKEN', percent_off: 10, name: 'First' })
    const answer = await create({ id: 'TAKEN', percent_off: 50, name: 'Second' })
    expectRefusal(answer, 409, 'already_exists', { param: 'data.id', outcome: 'not_applied', retryable: false })
    const renamed = await server.call(`${server.coupons}/TAKEN`, { method: 'PUT', body: { data: { metadata: {} } } })
    expect(renamed.body).toMatchObject({ name: 'First', percent_off: 10 })
  })

  test('writes what was asked, by whom and what became of it into the journal', async () => {
    const answer = await create({ id: 'JOURNALED', percent_off: 10, metadata: { a: 'b' } })
    const rows = await journalOf(server)
    const row = rows.find((candidate) => candidate.request_id === answer.headers.get('request-id'))
    expect(row).toMatchObject({
      agency_id: server.agencyId,
      key_id: server.keyId,
      account_id: server.accountId,
      operation: 'coupon.create',
      target: 'JOURNALED',
      outcome: 'applied',
      object_id: 'JOURNALED',
      code: null,
      stripe_request_id: answer.headers.get('stripe-request-id'),
    })
    expect(JSON.parse(row?.terms ?? '')).toEqual({
      id: 'JOURNALED',
      percent_off: 10,
      duration: 'once',
      metadata: { a: 'b' },
    })
  })

  test('logs one line a request, with Stripe’s request id and without the key', async () => {
    const answer = await create({ percent_off: 10 })
    const requestId = answer.headers.get('request-id') ?? ''
    await expect.poll(() => server.logged.filter((line) => line.includes(requestId))).toHaveLength(1)
    const line = server.logged.find((candidate) => candidate.includes(requestId)) ?? ''
    expect(JSON.parse(line)).toMatchObject({
      method: 'POST',
      status: 201,
      agency: server.agencyId,
      key: server.keyId,
      stripe_request_id: answer.headers.get('stripe-request-id'),
    })
    expect(server.logged.join()).not.toContain(server.key)
  })
})
