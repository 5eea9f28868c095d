/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect, vitest/valid-title -- each row of the tables is a test */
import { describe, expect, test } from 'vitest'
import { currencies } from '../../src/lib/currencies.ts'
import { open, type CallOptions, type Open, type Params } from '../support/sandbox.ts'

/**
 * What is known of Stripe, a row each. R was seen in a recording of the real API, S is in Stripe's own documents. What is
 * only told or guessed stands in guesses.test.ts.
 */
type Fact = [mark: 'R' | 'S', fact: string, show: (s: Open) => Promise<void>]

const percent = { percent_off: 25 }
const promotionOf = (coupon: string): Params => ({ promotion: { type: 'coupon', coupon } })

/** A call that is refused in exactly this way: absent code and param are to be absent. */
function refusal(
  method: string,
  path: string,
  params: Params,
  expected: { status?: number; code?: string; param?: string; message: string | RegExp; type?: string },
  options?: CallOptions,
): Fact[2] {
  return async (s) => {
    const error = await s.refused(method, path, params, options)
    const { message, ...rest } = error
    expect({ code: rest.code, param: rest.param, type: rest.type, status: rest.status }).toEqual({
      code: expected.code,
      param: expected.param,
      type: expected.type ?? 'invalid_request_error',
      status: expected.status ?? 400,
    })
    if (typeof expected.message === 'string') expect(message).toBe(expected.message)
    else expect(message).toMatch(expected.message)
  }
}
const createRefused = (params: Params, expected: Parameters<typeof refusal>[3]): Fact[2] =>
  refusal('POST', '/v1/coupons', params, expected)

async function idsOf(s: Open, params: Params = {}): Promise<string[]> {
  const list = await s.ok('GET', '/v1/coupons', params)
  return list.data.map(({ id }: { id: string }) => id)
}

async function coupons(s: Open, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push((await s.ok('POST', '/v1/coupons', percent)).id)
  return ids
}

const envelope: Fact[] = [
  [
    'R',
    'an error is one object, its keys in alphabetical order, what is not there left out',
    async (s) => {
      const { body } = await s.call('GET', '/v1/coupons/nope')
      expect(Object.keys(body)).toEqual(['error'])
      expect(Object.keys(body.error)).toEqual(['code', 'doc_url', 'message', 'param', 'request_log_url', 'type'])
      expect(body.error.doc_url).toBe('https://stripe.com/docs/error-codes/resource-missing')
    },
  ],
  [
    'R',
    'an error without a code has no doc_url',
    async (s) => {
      const { body } = await s.call('POST', '/v1/coupons', { percent_off: 0 })
      expect(Object.keys(body.error)).toEqual(['message', 'param', 'request_log_url', 'type'])
    },
  ],
  [
    'R',
    'request_log_url names the request',
    async (s) => {
      const { body, headers } = await s.call('GET', '/v1/coupons/nope')
      expect(body.error.request_log_url).toContain(headers['request-id'])
    },
  ],
  [
    'R',
    'an unknown URL has no request_log_url',
    async (s) => {
      const { body } = await s.call('GET', '/v1/nothing')
      expect(Object.keys(body.error)).toEqual(['message', 'type'])
    },
  ],
  [
    'R',
    'a create answers 200',
    async (s) => {
      expect((await s.call('POST', '/v1/coupons', percent)).status).toBe(200)
    },
  ],
  [
    'R',
    'a wrong verb is an unknown URL',
    refusal(
      'DELETE',
      '/v1/promotion_codes/x',
      {},
      {
        status: 404,
        message:
          'Unrecognized request URL (DELETE: /v1/promotion_codes/x). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.',
      },
    ),
  ],
  [
    'R',
    'an unknown id in the path is 404',
    refusal(
      'GET',
      '/v1/coupons/X',
      {},
      {
        status: 404,
        code: 'resource_missing',
        param: 'coupon',
        message: "No such coupon: 'X'",
      },
    ),
  ],
  [
    'R',
    'an unknown id in a parameter is 400',
    refusal('POST', '/v1/promotion_codes', promotionOf('X'), {
      code: 'resource_missing',
      param: 'promotion[coupon]',
      message: "No such coupon: 'X'",
    }),
  ],
  [
    'R',
    'an unknown parameter is refused',
    createRefused(
      { ...percent, wat: 1 },
      {
        code: 'parameter_unknown',
        param: 'wat',
        message: 'Received unknown parameter: wat',
      },
    ),
  ],
  [
    'R',
    'on GET too',
    refusal(
      'GET',
      '/v1/coupons',
      { wat: 1 },
      {
        code: 'parameter_unknown',
        param: 'wat',
        message: 'Received unknown parameter: wat',
      },
    ),
  ],
  [
    'R',
    'a nested one is named in brackets',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
      const { id } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
      await refusal(
        'POST',
        `/v1/promotion_codes/${id}`,
        { restrictions: { first_time_transaction: true } },
        {
          code: 'parameter_unknown',
          param: 'restrictions[first_time_transaction]',
          message: 'Received unknown parameter: restrictions[first_time_transaction]',
        },
      )(s)
    },
  ],
  [
    'R',
    'a required parameter is missed by name, with a stop',
    refusal(
      'POST',
      '/v1/products',
      {},
      {
        code: 'parameter_missing',
        param: 'name',
        message: 'Missing required param: name.',
      },
    ),
  ],
  [
    'R',
    'what is not an integer is quoted without quotes',
    refusal(
      'GET',
      '/v1/coupons',
      { limit: 'abc' },
      {
        code: 'parameter_invalid_integer',
        param: 'limit',
        message: 'Invalid integer: abc',
      },
    ),
  ],
  [
    'R',
    'a wrong choice has no code and lists the choices with a comma before or',
    refusal(
      'POST',
      '/v1/customers',
      { tax_exempt: 'x' },
      {
        param: 'tax_exempt',
        message: 'Invalid tax_exempt: must be one of none, reverse, or exempt',
      },
    ),
  ],
  [
    'R',
    'a scalar for a map is an invalid object',
    createRefused(
      { amount_off: 1, currency: 'usd', currency_options: 'x' },
      {
        param: 'currency_options',
        message: 'Invalid object',
      },
    ),
  ],
]

const couponShape: Fact[] = [
  [
    'R',
    'fifteen keys, unset ones null, metadata {}',
    async (s) => {
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
    },
  ],
  [
    'R',
    'applies_to and currency_options are not shown, even after the create that set them',
    async (s) => {
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
    },
  ],
  [
    'R',
    'percent_off is a float: 10 is 10.0',
    async (s) => {
      const { text } = await s.call('POST', '/v1/coupons', { percent_off: 10 })
      expect(text).toContain('"percent_off":10.0,')
    },
  ],
  [
    'S',
    'percent_off has two decimals',
    async (s) => {
      expect(await s.ok('POST', '/v1/coupons', { percent_off: '33.33' })).toMatchObject({ percent_off: 33.33 })
    },
  ],
  [
    'S',
    'duration left out is once',
    async (s) => {
      expect(await s.ok('POST', '/v1/coupons', percent)).toMatchObject({ duration: 'once' })
    },
  ],
  [
    'R',
    'a made id is eight letters and digits',
    async (s) => {
      expect((await s.ok('POST', '/v1/coupons', percent)).id).toMatch(/^[A-Za-z0-9]{8}$/)
    },
  ],
  [
    'R',
    'an own id is kept with its case',
    async (s) => {
      expect(await s.ok('POST', '/v1/coupons', { ...percent, id: 'PROBE26a' })).toMatchObject({ id: 'PROBE26a' })
    },
  ],
  [
    'S',
    'an own id has up to 5000 characters',
    async (s) => {
      const id = 'x'.repeat(5000)
      expect((await s.ok('POST', '/v1/coupons', { ...percent, id })).id).toBe(id)
      expect((await s.ok('GET', `/v1/coupons/${id}`)).id).toBe(id)
      expect(await s.refused('POST', '/v1/coupons', { ...percent, id: `${id}x` })).toMatchObject({ status: 400 })
    },
  ],
  [
    'S',
    'past redeem_by a coupon is listed and not valid',
    async (s) => {
      const { id } = await s.ok('POST', '/v1/coupons', { ...percent, redeem_by: s.clock.now + 10 })
      s.clock.now += 11
      expect((await s.ok('GET', '/v1/coupons')).data).toMatchObject([{ id, valid: false }])
    },
  ],
  [
    'S',
    'a coupon redeemed max_redemptions times is listed and not valid',
    async (s) => {
      const { id } = await s.ok('POST', '/v1/coupons', { ...percent, max_redemptions: 1 })
      const customer = await s.ok('POST', '/v1/customers')
      await s.ok('POST', '/_sandbox/redemptions', { coupon: id, customer: customer.id })
      expect((await s.ok('GET', '/v1/coupons')).data).toMatchObject([{ id, valid: false, times_redeemed: 1 }])
    },
  ],
  [
    'S',
    'amount_off of a currency without decimals is an integer too',
    async (s) => {
      expect(await s.ok('POST', '/v1/coupons', { amount_off: 500, currency: 'jpy' })).toMatchObject({ amount_off: 500 })
    },
  ],
]

const couponRefusals: Fact[] = [
  [
    'R',
    'neither discount',
    createRefused({}, { code: 'parameter_missing', message: 'Must provide percent_off or amount_off.' }),
  ],
  [
    'R',
    'both discounts',
    createRefused(
      { ...percent, amount_off: 1 },
      {
        message: 'Received both percent_off and amount_off parameters. Please pass in only one.',
      },
    ),
  ],
  [
    'R',
    'amount_off without a currency',
    createRefused(
      { amount_off: 1 },
      {
        param: 'currency',
        message: 'You must pass currency when passing amount_off',
      },
    ),
  ],
  [
    'R',
    'repeating without months',
    createRefused(
      { ...percent, duration: 'repeating' },
      {
        param: 'duration',
        message: 'The duration_in_months param must be set when creating a coupon with a repeating duration',
      },
    ),
  ],
  [
    'R',
    'percent_off 0',
    createRefused(
      { percent_off: 0 },
      {
        param: 'percent_off',
        message: "This value must be greater than or equal to 0.01 (it currently is '0.0').",
      },
    ),
  ],
  [
    'S',
    'percent_off over 100 is refused',
    async (s) => {
      expect(await s.refused('POST', '/v1/coupons', { percent_off: '100.01' })).toMatchObject({ param: 'percent_off' })
      await s.ok('POST', '/v1/coupons', { percent_off: 100 })
    },
  ],
  [
    'S',
    'amount_off is positive',
    async (s) => {
      for (const amount_off of [0, -1]) {
        const error = await s.refused('POST', '/v1/coupons', { amount_off, currency: 'usd' })
        expect(error).toMatchObject({ status: 400, param: 'amount_off' })
      }
    },
  ],
  [
    'R',
    'amount_off that is no integer',
    createRefused(
      { amount_off: '1.5', currency: 'usd' },
      {
        code: 'parameter_invalid_integer',
        param: 'amount_off',
        message: 'Invalid integer: 1.5',
      },
    ),
  ],
  [
    'R',
    'currency_options with percent_off',
    createRefused(
      { ...percent, currency_options: { eur: { amount_off: 1 } } },
      {
        param: 'currency_options',
        message: 'You may only specify one of these parameters: currency_options, percent_off.',
      },
    ),
  ],
  [
    'R',
    'currency_options with an upper-case key',
    createRefused(
      { amount_off: 1, currency: 'usd', currency_options: { EUR: { amount_off: 1 } } },
      {
        param: 'currency_options',
        message: 'Currencies must be lowercase when used as keys in a map. Use `eur` instead of `EUR`.',
      },
    ),
  ],
  [
    'R',
    'currency_options with an unknown currency names 154, with a stop',
    async (s) => {
      const { message, param } = await s.refused('POST', '/v1/coupons', {
        amount_off: 1,
        currency: 'usd',
        currency_options: { xyz: { amount_off: 1 } },
      })
      expect(param).toBe('currency_options')
      expect(message).toMatch(/^Invalid currency: xyz[.] Stripe currently supports these currencies: usd, .*[.]$/)
      expect(message.split(': ')[2]?.split(', ')).toHaveLength(154)
    },
  ],
  [
    'R',
    'an unknown currency names 151, without a stop',
    async (s) => {
      const { message } = await s.refused('POST', '/v1/coupons', { amount_off: 1, currency: 'xyz' })
      expect(message).toBe(
        `Invalid currency: xyz. Stripe currently supports these currencies: ${currencies.join(', ')}`,
      )
      expect(currencies).toHaveLength(151)
    },
  ],
  [
    'R',
    'redeem_by in the past',
    createRefused(
      { ...percent, redeem_by: 1000 },
      {
        param: 'redeem_by',
        message:
          'The parameter `redeem_by` expects a unix timestamp representing a date and time in the future. You specified the value `1000` which is in the past.',
      },
    ),
  ],
  [
    'S',
    'redeem_by more than five years ahead',
    createRefused(
      { ...percent, redeem_by: 1_800_000_000 + 5 * 366 * 86_400 },
      {
        param: 'redeem_by',
        message: 'Invalid timestamp: can be no more than five years in the future.',
      },
    ),
  ],
  [
    'R',
    'an id that is taken',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
      await createRefused(
        { ...percent, id: 'A' },
        { code: 'resource_already_exists', message: 'Coupon already exists.' },
      )(s)
    },
  ],
  [
    'S',
    'a name has up to 40 characters',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, name: 'x'.repeat(40) })
      expect(await s.refused('POST', '/v1/coupons', { ...percent, name: 'x'.repeat(41) })).toMatchObject({
        status: 400,
      })
    },
  ],
]

const couponLife: Fact[] = [
  [
    'R',
    'an update takes nothing but name, metadata, currency_options and expand',
    async (s) => {
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
    },
  ],
  [
    'R',
    'currencies can be added later, an existing amount not changed',
    async (s) => {
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
    },
  ],
  [
    'R',
    'a delete answers with a stub',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
      expect(await s.ok('DELETE', '/v1/coupons/A')).toEqual({ id: 'A', object: 'coupon', deleted: true })
    },
  ],
  [
    'R',
    'after a delete every call is 404 resource_missing',
    async (s) => {
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
    },
  ],
  [
    'R',
    'a deleted coupon is in no list',
    async (s) => {
      const [a = '', b = ''] = await coupons(s, 2)
      await s.ok('DELETE', `/v1/coupons/${a}`)
      expect(await idsOf(s)).toEqual([b])
    },
  ],
  [
    'S',
    'a discount outlives its coupon',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
      const { id } = await s.ok('POST', '/v1/customers')
      await s.ok('POST', '/_sandbox/redemptions', { coupon: 'A', customer: id })
      await s.ok('DELETE', '/v1/coupons/A')
      expect((await s.ok('GET', `/v1/customers/${id}`)).discount.source).toEqual({ coupon: 'A', type: 'coupon' })
    },
  ],
  [
    'S',
    'the code of a deleted coupon is not active',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
      const { id } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
      await s.ok('DELETE', '/v1/coupons/A')
      expect(await s.ok('GET', `/v1/promotion_codes/${id}`)).toMatchObject({ active: false })
      expect(await s.refused('POST', `/v1/promotion_codes/${id}`, { active: true })).toMatchObject({ status: 400 })
    },
  ],
]

/** A test of codes begins with coupon A. */
const withA =
  (show: Fact[2], coupon: Params = {}): Fact[2] =>
  async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A', ...coupon })
    await show(s)
  }
const codeRefused = (params: Params, expected: Parameters<typeof refusal>[3]): Fact[2] =>
  withA(refusal('POST', '/v1/promotion_codes', { ...promotionOf('A'), ...params }, expected))
const before = '2025-08-27.basil'

const codes: Fact[] = [
  [
    'S',
    'before 2025-09-30.clover a code takes coupon and shows the whole of it',
    withA(async (s) => {
      const code = await s.ok('POST', '/v1/promotion_codes', { coupon: 'A' }, { version: before })
      expect(code).toMatchObject({ coupon: { id: 'A', object: 'coupon', percent_off: 25 } })
      expect(code).not.toHaveProperty('promotion')
      const { status } = await s.refused('POST', '/v1/promotion_codes', promotionOf('A'), { version: before })
      expect(status).toBe(400)
    }),
  ],
  [
    'R',
    'from 2025-09-30.clover on coupon is unknown',
    withA(
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
  ],
  [
    'R',
    'from then on a code shows the id of its coupon, and the whole when expanded',
    withA(async (s) => {
      const code = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'), { version: '2025-09-30.clover' })
      expect(code.promotion).toEqual({ coupon: 'A', type: 'coupon' })
      const whole = await s.ok('GET', `/v1/promotion_codes/${code.id}`, { expand: ['promotion.coupon'] })
      expect(whole.promotion).toMatchObject({ coupon: { id: 'A', object: 'coupon' }, type: 'coupon' })
    }),
  ],
  [
    'S',
    'the filter of the list is called coupon in every version',
    withA(async (s) => {
      const { id } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
      for (const version of [before, '2026-08-26.dahlia']) {
        expect((await s.ok('GET', '/v1/promotion_codes', { coupon: 'A' }, { version })).data).toMatchObject([{ id }])
      }
    }),
  ],
  [
    'S',
    'a discount names its coupon in source; before, the coupon stood there whole',
    withA(async (s) => {
      const { id } = await s.ok('POST', '/v1/customers')
      expect((await s.ok('POST', '/_sandbox/redemptions', { coupon: 'A', customer: id })).source.coupon).toBe('A')
      expect((await s.ok('GET', `/v1/customers/${id}`, {}, { version: before })).discount.coupon.id).toBe('A')
    }),
  ],
  [
    'R',
    'fourteen keys',
    withA(async (s) => {
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
  ],
  [
    'S',
    'currency_options of the restrictions are shown when expanded',
    withA(async (s) => {
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
  ],
  [
    'R',
    'an underscore is allowed in a code, a space is not',
    withA(async (s) => {
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
  ],
  [
    'S',
    'a code has up to 500 characters',
    withA(async (s) => {
      await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'x'.repeat(500) })
      expect(
        await s.refused('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'x'.repeat(501) }),
      ).toMatchObject({ status: 400 })
    }),
  ],
  [
    'R',
    'a second active code of one spelling is refused',
    withA(async (s) => {
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
  ],
  [
    'S',
    'the case of a code is kept, and does not count',
    withA(async (s) => {
      const { id, code } = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'Spring' })
      expect(code).toBe('Spring')
      expect(await s.refused('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'SPRING' })).toMatchObject({
        status: 400,
      })
      expect((await s.ok('GET', '/v1/promotion_codes', { code: 'sPRING' })).data).toMatchObject([{ id }])
    }),
  ],
  [
    'S',
    'a spelling is free again once its code is inactive',
    withA(async (s) => {
      const { id } = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'Spring' })
      await s.ok('POST', `/v1/promotion_codes/${id}`, { active: false })
      await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), code: 'spring' })
      expect(await s.refused('POST', `/v1/promotion_codes/${id}`, { active: true })).toMatchObject({ status: 400 })
    }),
  ],
  [
    'S',
    'an update takes active, metadata, restrictions[currency_options] and expand',
    withA(async (s) => {
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
  ],
  [
    'S',
    'expires_at may not be after redeem_by',
    withA(
      async (s) => {
        const late = { ...promotionOf('A'), expires_at: s.clock.now + 101 }
        expect(await s.refused('POST', '/v1/promotion_codes', late)).toMatchObject({ status: 400 })
        await s.ok('POST', '/v1/promotion_codes', { ...late, expires_at: s.clock.now + 100 })
      },
      { redeem_by: 1_800_000_100 },
    ),
  ],
  [
    'S',
    "max_redemptions may not be above the coupon's",
    withA(
      async (s) => {
        expect(
          await s.refused('POST', '/v1/promotion_codes', { ...promotionOf('A'), max_redemptions: 3 }),
        ).toMatchObject({ status: 400 })
        await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), max_redemptions: 2 })
      },
      { max_redemptions: 2 },
    ),
  ],
  [
    'S',
    'a used-up code is inactive and cannot come back',
    withA(async (s) => {
      const { id } = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), max_redemptions: 1, code: 'one' })
      const customer = await s.ok('POST', '/v1/customers')
      await s.ok('POST', '/_sandbox/redemptions', { code: 'ONE', customer: customer.id })
      expect(await s.ok('GET', `/v1/promotion_codes/${id}`)).toMatchObject({ active: false, times_redeemed: 1 })
      expect(await s.refused('POST', `/v1/promotion_codes/${id}`, { active: true })).toMatchObject({ status: 400 })
    }),
  ],
  [
    'S',
    'a code is active only while its coupon is valid',
    withA(
      async (s) => {
        const { id } = await s.ok('POST', '/v1/promotion_codes', promotionOf('A'))
        s.clock.now += 200
        expect(await s.ok('GET', `/v1/promotion_codes/${id}`)).toMatchObject({ active: false })
        expect((await s.ok('GET', '/v1/promotion_codes', { active: true })).data).toEqual([])
        expect((await s.ok('GET', '/v1/promotion_codes', { active: false })).data).toMatchObject([{ id }])
      },
      { redeem_by: 1_800_000_100 },
    ),
  ],
  [
    'S',
    'codes are listed by customer, and by account of a customer',
    withA(async (s) => {
      const customer = (await s.ok('POST', '/v1/customers')).id
      const own = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), customer })
      const other = await s.ok('POST', '/v1/promotion_codes', { ...promotionOf('A'), customer_account: 'acct_x' })
      expect((await s.ok('GET', '/v1/promotion_codes', { customer })).data).toMatchObject([{ id: own.id }])
      expect((await s.ok('GET', '/v1/promotion_codes', { customer_account: 'acct_x' })).data).toMatchObject([
        { id: other.id },
      ])
    }),
  ],
  [
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
  ],
  [
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
  ],
  [
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
  ],
  [
    'R',
    'expires_at more than five years ahead',
    codeRefused(
      { expires_at: 1_800_000_000 + 6 * 365 * 86_400 },
      {
        param: 'expires_at',
        message: 'Invalid timestamp: can be no more than five years in the future.',
      },
    ),
  ],
  [
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
  ],
]

const lists: Fact[] = [
  [
    'R',
    'a list has four keys and no count',
    async (s) => {
      await coupons(s, 1)
      const list = await s.ok('GET', '/v1/coupons', { limit: 3 })
      expect(Object.keys(list)).toEqual(['object', 'data', 'has_more', 'url'])
      expect(list).toMatchObject({ object: 'list', has_more: false, url: '/v1/coupons' })
    },
  ],
  [
    'R',
    'newest first, ten by default, within a second in reverse order of creation',
    async (s) => {
      const ids = await coupons(s, 12)
      expect(await idsOf(s)).toEqual(ids.toReversed().slice(0, 10))
      expect((await s.ok('GET', '/v1/coupons')).has_more).toBe(true)
    },
  ],
  [
    'R',
    'a limit out of 1 to 100 is clamped in silence',
    async (s) => {
      await coupons(s, 101)
      for (const [limit, length] of [
        [0, 1],
        [-5, 1],
        [100, 100],
        [101, 100],
        [5000, 100],
      ]) {
        expect(await idsOf(s, { limit })).toHaveLength(length ?? 0)
      }
    },
  ],
  [
    'R',
    'cursors are exclusive, and a page before one is still newest first',
    async (s) => {
      const [a, b, c, d, e] = await coupons(s, 5)
      expect(await idsOf(s, { starting_after: c })).toEqual([b, a])
      expect(await idsOf(s, { ending_before: a, limit: 2 })).toEqual([c, b])
      expect(await idsOf(s, { ending_before: c })).toEqual([e, d])
    },
  ],
  [
    'R',
    'an unknown cursor is 400',
    refusal(
      'GET',
      '/v1/coupons',
      { starting_after: 'X' },
      {
        code: 'resource_missing',
        param: 'starting_after',
        message: "No such coupon: 'X'",
      },
    ),
  ],
  [
    'R',
    'an unknown ending_before too',
    refusal(
      'GET',
      '/v1/coupons',
      { ending_before: 'X' },
      {
        code: 'resource_missing',
        param: 'ending_before',
        message: "No such coupon: 'X'",
      },
    ),
  ],
  [
    'R',
    'two cursors are refused',
    async (s) => {
      const [a = '', b = ''] = await coupons(s, 2)
      await refusal(
        'GET',
        '/v1/coupons',
        { starting_after: b, ending_before: a },
        {
          message: 'Received both starting_after and ending_before parameters. Please pass in only one.',
        },
      )(s)
    },
  ],
  [
    'S',
    'created is a time, or bounds around it',
    async (s) => {
      const [a] = await coupons(s, 1)
      const first = s.clock.now
      s.clock.now += 10
      const [b] = await coupons(s, 1)
      expect(await idsOf(s, { created: first })).toEqual([a])
      expect(await idsOf(s, { created: { gt: first } })).toEqual([b])
      expect(await idsOf(s, { created: { gte: first, lt: s.clock.now } })).toEqual([a])
      expect(await idsOf(s, { created: { lte: s.clock.now } })).toEqual([b, a])
    },
  ],
  [
    'S',
    'coupons have no other filter',
    async (s) => {
      for (const name of ['valid', 'code', 'name']) {
        expect(await s.refused('GET', '/v1/coupons', { [name]: '1' })).toMatchObject({ code: 'parameter_unknown' })
      }
    },
  ],
]

const keys = (count: number, length = 40): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [String(n).padStart(length, 'k'), 'v'.repeat(500)]))

const metadata: Fact[] = [
  [
    'S',
    'up to 50 keys of up to 40 characters, values up to 500',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, metadata: keys(50) })
      for (const bad of [keys(51), keys(1, 41), { k: 'v'.repeat(501) }]) {
        expect(await s.refused('POST', '/v1/coupons', { ...percent, metadata: bad })).toMatchObject({ status: 400 })
      }
    },
  ],
  [
    'S',
    'no brackets in a key',
    async (s) => {
      expect(await s.refused('POST', '/v1/coupons', {}, { raw: 'percent_off=1&metadata[a[b]]=c' })).toMatchObject({
        status: 400,
      })
    },
  ],
  [
    'R',
    'an update merges, an empty value removes its key, an empty whole removes all',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, id: 'A', metadata: { a: '1', b: '2' } })
      const update = async (change: unknown) => (await s.ok('POST', '/v1/coupons/A', { metadata: change })).metadata
      expect(await update({ b: '3', c: '4' })).toEqual({ a: '1', b: '3', c: '4' })
      expect(await update({ a: '' })).toEqual({ b: '3', c: '4' })
      expect(await update('')).toEqual({})
    },
  ],
]

const idempotency: Fact[] = [
  [
    'S',
    'a POST with the key of another answers as that did, and makes nothing',
    async (s) => {
      const first = await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
      const second = await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
      expect(second.text).toBe(first.text)
      expect(second.headers).toMatchObject({
        'idempotent-replayed': 'true',
        'original-request': first.headers['request-id'],
      })
      expect(second.headers['request-id']).not.toBe(first.headers['request-id'])
      expect(await idsOf(s)).toHaveLength(1)
    },
  ],
  [
    'S',
    'on GET and DELETE a key is ignored',
    async (s) => {
      const [id = ''] = await coupons(s, 1)
      await s.ok('DELETE', `/v1/coupons/${id}`, {}, { headers: { 'idempotency-key': 'k' } })
      expect(await s.refused('DELETE', `/v1/coupons/${id}`, {}, { headers: { 'idempotency-key': 'k' } })).toMatchObject(
        { status: 404 },
      )
    },
  ],
  [
    'S',
    'a key has up to 255 characters',
    async (s) => {
      await s.ok('POST', '/v1/coupons', percent, { idempotencyKey: 'k'.repeat(255) })
      expect(await s.refused('POST', '/v1/coupons', percent, { idempotencyKey: 'k'.repeat(256) })).toMatchObject({
        status: 400,
      })
    },
  ],
  [
    'S',
    "a key is an account's own, and a mode's",
    async (s) => {
      const account = (await s.ok('POST', '/v1/accounts')).id
      for (const options of [{}, { account }, { key: 'sk_live_x1y2' }]) {
        const answer = await s.call('POST', '/v1/coupons', percent, { ...options, idempotencyKey: 'k' })
        expect(answer.headers['idempotent-replayed']).toBeUndefined()
      }
    },
  ],
  [
    'S',
    'a key is forgotten after 24 hours',
    async (s) => {
      await s.ok('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
      s.clock.now += 86_399
      expect(
        (await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })).headers['idempotent-replayed'],
      ).toBe('true')
      s.clock.now += 2
      await s.ok('POST', '/v1/coupons', { percent_off: 3 }, { idempotencyKey: 'k' })
      expect(await idsOf(s)).toHaveLength(2)
    },
  ],
  [
    'S',
    'a refusal by the endpoint is kept',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
      const first = await s.call('POST', '/v1/coupons', { ...percent, id: 'A' }, { idempotencyKey: 'k' })
      await s.ok('DELETE', '/v1/coupons/A')
      const second = await s.call('POST', '/v1/coupons', { ...percent, id: 'A' }, { idempotencyKey: 'k' })
      expect(second).toMatchObject({ status: 400, text: first.text })
    },
  ],
  [
    'S',
    'a refusal of the parameters is not kept',
    async (s) => {
      await s.refused('POST', '/v1/coupons', { percent_off: 'x' }, { idempotencyKey: 'k' })
      await s.ok('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
    },
  ],
  [
    'R',
    'one key with other parameters is an idempotency_error',
    async (s) => {
      await s.ok('POST', '/v1/coupons', percent, { idempotencyKey: 'k-1' })
      await refusal(
        'POST',
        '/v1/coupons',
        { percent_off: 26 },
        {
          type: 'idempotency_error',
          message:
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'k-1' if you meant to execute a different request.",
        },
        { idempotencyKey: 'k-1' },
      )(s)
    },
  ],
]

const access: Fact[] = [
  [
    'S',
    'no key is 401',
    refusal(
      'GET',
      '/v1/coupons',
      {},
      { status: 401, message: /^You did not provide an API key[.]/ },
      {
        headers: { authorization: '' },
      },
    ),
  ],
  [
    'S',
    'Basic authentication has the key as its user',
    async (s) => {
      const authorization = `Basic ${Buffer.from('sk_test_sandbox:').toString('base64')}`
      await s.ok('GET', '/v1/coupons', {}, { headers: { authorization } })
    },
  ],
  [
    'S',
    'test and live have a state of their own, and livemode says which',
    async (s) => {
      const live = { key: 'sk_live_abcd' }
      expect(await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' }, live)).toMatchObject({ livemode: true })
      expect(await s.refused('GET', '/v1/coupons/A')).toMatchObject({ status: 404 })
      expect(await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })).toMatchObject({ livemode: false })
    },
  ],
  [
    'S',
    'an unknown Stripe-Account is 403 account_invalid',
    refusal(
      'GET',
      '/v1/coupons',
      {},
      {
        status: 403,
        code: 'account_invalid',
        message:
          /^The provided key 'sk_test_\*+dbox' does not have access to account 'acct_x' \(or that account does not exist\)[.] Application access may have been revoked[.]$/,
      },
      { account: 'acct_x' },
    ),
  ],
  [
    'S',
    "an account's objects are its own, and the header comes back",
    async (s) => {
      const account = (await s.ok('POST', '/v1/accounts')).id
      const other = (await s.ok('POST', '/v1/accounts')).id
      const made = await s.call('POST', '/v1/coupons', { ...percent, id: 'A' }, { account })
      expect(made.headers['stripe-account']).toBe(account)
      await s.ok('GET', '/v1/coupons/A', {}, { account })
      expect(await s.refused('GET', '/v1/coupons/A', {}, { account: other })).toMatchObject({
        status: 404,
        code: 'resource_missing',
      })
      expect(await s.refused('GET', '/v1/coupons/A')).toMatchObject({ status: 404 })
    },
  ],
  [
    'S',
    'an account that left is refused in the words of one that never was',
    async (s) => {
      const account = (await s.ok('POST', '/v1/accounts')).id
      await s.ok('DELETE', `/v1/accounts/${account}`)
      const left = await s.refused('GET', '/v1/coupons', {}, { account })
      const never = await s.refused('GET', '/v1/coupons', {}, { account: 'acct_x' })
      expect(left).toEqual({ ...never, message: never.message.replace('acct_x', account) })
    },
  ],
  [
    'S',
    'Stripe-Context is another name for Stripe-Account',
    async (s) => {
      const account = (await s.ok('POST', '/v1/accounts')).id
      await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' }, { headers: { 'stripe-context': account } })
      await s.ok('GET', '/v1/coupons/A', {}, { account })
    },
  ],
  [
    'R',
    'a junk Stripe-Version is refused before the endpoint, and echoed',
    async (s) => {
      const { status, body, headers } = await s.call('GET', '/v1/nothing', {}, { version: 'not-a-real-version' })
      expect(status).toBe(400)
      expect(body).toEqual({
        error: { message: 'Invalid Stripe API version: not-a-real-version', type: 'invalid_request_error' },
      })
      expect(headers['stripe-version']).toBe('not-a-real-version')
    },
  ],
  [
    'S',
    'without a Stripe-Version there is a default',
    async (s) => {
      expect((await s.call('GET', '/v1/coupons')).headers['stripe-version']).toBe('2026-10-28.endive')
    },
  ],
  [
    'S',
    'a rate limit is 429 rate_limit with its reason',
    async (s) => {
      const { status, body, headers } = await s.call(
        'GET',
        '/v1/coupons',
        {},
        { headers: { 'sandbox-fault': '429;reason=global-rate' } },
      )
      expect(status).toBe(429)
      expect(body.error).toMatchObject({ code: 'rate_limit', type: 'invalid_request_error' })
      expect(headers['stripe-rate-limited-reason']).toBe('global-rate')
    },
  ],
]

const tables = { envelope, couponShape, couponRefusals, couponLife, codes, lists, metadata, idempotency, access }

describe('what is known of Stripe', () => {
  for (const [name, facts] of Object.entries(tables)) {
    describe(name, () => {
      test.each(facts)('%s %s', async (_mark, _fact, show) => {
        await show(open())
      })
    })
  }
})
