import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectRefusal, type TestServer, startTestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const create = (body: unknown) => server.call(server.coupons, { method: 'POST', body })

describe('a refusal says what to send instead', () => {
  test.each<[string, unknown, string]>([
    ['fields without data', { percent_off: 25 }, 'data is required. Wrap the fields: {"data": {"percent_off": 25}}'],
    [
      'several fields without data',
      { percent_off: 25, metadata: { a: '{ }' }, applies_to: { products: ['a', 'b'] } },
      'data is required. Wrap the fields: ' +
        '{"data": {"percent_off": 25, "metadata": {"a": "{ }"}, "applies_to": {"products": ["a", "b"]}}}',
    ],
    [
      'nothing at all',
      {},
      'data is required. Wrap the fields: {"data": {"name": "Summer Sale", "percent_off": 25, "duration": "once"}}',
    ],
    [
      'more fields than can be shown',
      { name: 'x'.repeat(1_000) },
      'data is required. Wrap the fields: {"data": {"name": "Summer Sale", "percent_off": 25, "duration": "once"}}',
    ],
  ])('where it gets %s', async (_, body, sentence) => {
    const answer = await create(body)
    expectRefusal(answer, 400, 'invalid_request', { param: 'data', error: sentence })
  })

  test.each([
    [' ', '"data. " is not a known field.'],
    ['a\nb', '"data.a\\nb" is not a known field.'],
    ['a b', 'data.a b is not a known field.'],
  ])('a field named %j is shown so that its name can be read', async (name, error) => {
    expectRefusal(await create({ data: { [name]: 1 } }), 400, 'invalid_request', { param: `data.${name}`, error })
  })

  test.each<[string, object, string]>([
    ['precent_off', { precent_off: 25 }, 'is not a known field. Did you mean data.percent_off?'],
    ['percentOff', { percentOff: 25 }, 'is not a known field. Did you mean data.percent_off?'],
    ['durationInMonths', { durationInMonths: 3 }, 'is not a known field. Did you mean data.duration_in_months?'],
    ['voucher', { voucher: 'x' }, 'is not a known field.'],
    ['percent_off', { percent_off: '25' }, 'must be a number. Send it without quotes: 25'],
    ['max_redemptions', { max_redemptions: '5' }, 'must be an integer. Send it without quotes: 5'],
    ['amount_off', { amount_off: 19.99 }, 'must be an integer in the smallest currency unit: 1999 for 19.99 USD.'],
    ['amount_off', { amount_off: '19.99' }, 'must be an integer in the smallest currency unit: 1999 for 19.99 USD.'],
    ['amount_off', { amount_off: '20.00' }, 'must be an integer in the smallest currency unit: 2000 for 20 USD.'],
    ['amount_off', { amount_off: '1999' }, 'must be an integer. Send it without quotes: 1999'],
    ['amount_off', { amount_off: 'ten' }, 'must be an integer.'],
    ['redeem_by', { redeem_by: '2027-01-01' }, 'must be an integer, in Unix seconds: 1798761600 for 2027-01-01.'],
    [
      'redeem_by',
      { redeem_by: '2027-01-01T01:00:00.5+01:00' },
      'must be an integer, in Unix seconds: 1798761600 for 2027-01-01T01:00:00.5+01:00.',
    ],
    ['redeem_by', { redeem_by: '2028-02-29' }, 'must be an integer, in Unix seconds: 1835395200 for 2028-02-29.'],
    ['redeem_by', { redeem_by: '2027-13-01' }, 'must be an integer.'],
    ['redeem_by', { redeem_by: '2027-02-30' }, 'must be an integer.'],
    ['redeem_by', { redeem_by: '2027-02-29T12:00+01:00' }, 'must be an integer.'],
    [
      'redeem_by',
      { redeem_by: 1798761600000 },
      'must be in Unix seconds, and this looks like milliseconds. Divide by 1000: 1798761600',
    ],
    ['redeem_by', { redeem_by: 9e15 }, 'must be at most 99999999999.'],
  ])('of the field %s in %j', async (field, data, sentence) => {
    const answer = await create({ data })
    expectRefusal(answer, 400, 'invalid_request', { param: `data.${field}`, error: `data.${field} ${sentence}` })
  })

  test('of milliseconds also where the request may be a retry, which Stripe would judge', async () => {
    const headers = { 'idempotency-key': 'order-1' }
    const body = { data: { percent_off: 5, redeem_by: 1798761600000 } }
    const answer = await server.call(server.coupons, { method: 'POST', headers, body })
    expect(answer.body['error']).toMatch(/Divide by 1000/)
  })

  test.each(['percent_off', 'amount_off', 'currency', 'duration', 'redeem_by', 'max_redemptions', 'id'])(
    'of %s in an update, which Stripe cannot change',
    async (field) => {
      const answer = await server.call(`${server.coupons}/X`, { method: 'PUT', body: { data: { [field]: 1 } } })
      const error = `data.${field} cannot change after creation. Make a new coupon.`
      expectRefusal(answer, 400, 'invalid_request', { param: `data.${field}`, error })
    },
  )

  test.each(['page=2', 'offset=50', 'cursor=x'])('of a list that is asked for ?%s', async (query) => {
    const answer = await server.call(`${server.coupons}?${query}`)
    expectRefusal(answer, 400, 'invalid_request', { error: expect.stringMatching(/next_cursor .* as starting_after/) })
  })

  test('of a name as long as a body, without repeating it', async () => {
    const answer = await create({ data: { ['x'.repeat(400_000)]: 1 } })
    expectRefusal(answer, 400, 'invalid_request')
    expect(JSON.stringify(answer.body).length).toBeLessThan(1_000)
  })

  test('of a long name that is cut within an emoji, in valid Unicode', async () => {
    const answer = await create({ data: { [`${'x'.repeat(194)}🎉`]: 1 } })
    expectRefusal(answer, 400, 'invalid_request', { param: `data.${'x'.repeat(194)}\ufffd` })
  })
})

describe('behind a byte order mark', () => {
  const createRaw = (json: string) => server.call(server.coupons, { method: 'POST', raw: `\ufeff${json}` })

  test('a body is read as without it', async () => {
    const { status, body } = await createRaw('{"data": {"percent_off": 25, "name": "\\ud83c\\udf89"}}')
    expect(status).toBe(201)
    expect(body['name']).toBe('🎉')
  })

  test.each(['"id": "a\\ud800b"', '"name": "\\udf89"', '"metadata": {"\\ud83c": ""}', '"name": "\\udf89\\ud83c"'])(
    'half of a surrogate pair is refused: %s',
    async (field) => {
      const answer = await createRaw(`{"data": {"percent_off": 25, ${field}}}`)
      expectRefusal(answer, 400, 'invalid_request', { error: expect.stringContaining('half of a surrogate pair') })
    },
  )

  test('a refused key is told from text that is not JSON, whose place is shown', async () => {
    const refusedKey = expect.stringContaining('a key named __proto__')
    expectRefusal(await createRaw('{"__proto__": 1}'), 400, 'invalid_request', { error: refusedKey })
    const place = 'The body is not valid JSON: see line 1, column 9.'
    expectRefusal(await createRaw('{"data":}'), 400, 'invalid_request', { error: place })
  })
})

test('samples stay beside the data that the other fields are wrapped in', async () => {
  const samples = [{ amount: 4999, currency: 'usd' }]
  const preview = (body: unknown) => server.call(`${server.coupons}/preview`, { method: 'POST', body })
  const wrapped = '{"data": {"percent_off": 25}, "samples": [{"amount": 4999, "currency": "usd"}]}'
  const refused = await preview({ samples, percent_off: 25 })
  expectRefusal(refused, 400, 'invalid_request', { error: `data is required. Wrap the fields: ${wrapped}` })
  expect((await preview(JSON.parse(wrapped))).status).toBe(200)
})

test('a taken id is named, with the choice', async () => {
  const body = { data: { id: 'TAKEN', percent_off: 10 } }
  await create(body)
  const error = 'A coupon with the id TAKEN already exists. Choose another, or use the one that exists.'
  expectRefusal(await create(body), 409, 'already_exists', { param: 'data.id', error })
})

test.each<[string, string]>([
  ['{"data":}', 'line 1, column 9'],
  ['{"data": {"percent_off": 25,}}', 'line 1, column 29'],
  ['{\n  "data": {\n    percent_off: 25\n  }\n}', 'line 3, column 5'],
  ['{"data": {"percent_off": 25}', 'line 1, column 29'],
  ["{'data': {}}", 'line 1, column 2'],
])('the error in %j is shown by its position', async (raw, position) => {
  const answer = await server.call(server.coupons, { method: 'POST', raw })
  expectRefusal(answer, 400, 'invalid_request', { error: `The body is not valid JSON: see ${position}.` })
})

test('fields without data that are nested without end are answered like others', async () => {
  const example = '{"data": {"name": "Summer Sale", "percent_off": 25, "duration": "once"}}'
  for (const depth of [1_000, 200_000]) {
    const raw = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const answer = await server.call(server.coupons, { method: 'POST', raw })
    const error = `data is required. Wrap the fields: ${example}`
    expectRefusal(answer, 400, 'invalid_request', { param: 'data', error })
  }
})

test('JSON that is nested without end is refused without a position', async () => {
  for (const raw of ['['.repeat(60_000), '['.repeat(500_000)]) {
    const answer = await server.call(server.coupons, { method: 'POST', raw })
    expectRefusal(answer, 400, 'invalid_request', { error: 'The body is not valid JSON.' })
  }
})

describe('the refusal of a call whose key is missing or misplaced says', () => {
  const call = (headers: Record<string, string>) => server.call(server.coupons, { key: null, headers })

  test.each<[string, (key: string) => Record<string, string>, RegExp]>([
    ['that there is none', () => ({}), /^There is no API key\./],
    ['that x-api-key is not read', (key) => ({ 'x-api-key': key }), /^A key in the x-api-key header is not read\./],
    [
      'that there is a colon',
      (key) => ({ authorization: `Bearer: ${key}` }),
      /^`Bearer:` does not go before the key\./,
    ],
    ['that there is a colon, without a space', (key) => ({ authorization: `bearer:${key}` }), /^`bearer:` does not go/],
    ['that another scheme is there', (key) => ({ authorization: `Token ${key}` }), /^`Token` does not go before/],
    ['that the header is empty', () => ({ authorization: '' }), /^There is no API key\./],
    ['that nothing follows Bearer', () => ({ authorization: 'Bearer' }), /^There is no API key after `Bearer`\./],
  ])('%s', async (_, headers, sentence) => {
    for (const key of [server.key, 'CD.nobody']) {
      const answer = await call(headers(key))
      expectRefusal(answer, 401, 'unauthenticated', { error: expect.stringMatching(sentence) })
      expect(answer.body['error']).toMatch(/in the Authorization header, bare or after `Bearer `\.$/)
      expect(answer.body['error']).not.toContain(key)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })
})
