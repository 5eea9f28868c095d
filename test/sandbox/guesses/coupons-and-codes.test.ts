/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each guess is a test */
import { describe, expect } from 'vitest'
import { fact, percent, refusal, type Refusal } from '../../support/sandbox-facts.ts'
import type { Params } from '../../support/sandbox.ts'

const created = (params: Params, expected: Refusal) => refusal('POST', '/v1/coupons', params, expected)
const wholeNumber = 'parameter_invalid_integer'
const atLeastOne = 'This value must be greater than or equal to 1.'

/**
 * What the sandbox does where nobody has recorded Stripe: T is told by third parties, G is our guess from the nearest
 * known case. These hold the sandbox to its documentation and say nothing about Stripe; docs/sandbox.md lists them.
 */
describe('what is told of coupons and codes, or guessed', () => {
  fact(
    'T',
    'unknown parameters are told before bad values',
    created({ percent_off: 'x', wat: '1' }, { code: 'parameter_unknown', param: 'wat' }),
  )
  fact(
    'G',
    'several unknown ones are told together',
    created(
      { ...percent, a: '1', b: '2' },
      { code: 'parameter_unknown', param: 'a', message: 'Received unknown parameters: a, b' },
    ),
  )
  fact(
    'T',
    'bad values are told one at a time, in the order of declaration',
    created({ percent_off: 'x', max_redemptions: 'y' }, { code: wholeNumber, param: 'max_redemptions' }),
  )
  fact(
    'T',
    'an empty text for what cannot be unset',
    created({ ...percent, name: '' }, { code: 'parameter_invalid_empty', param: 'name' }),
  )
  fact(
    'T',
    'too long a text is quoted by its ends',
    created(
      { ...percent, name: 'Lottery Really Long Name with a waiting line' },
      { param: 'name', message: 'Invalid string: Lottery Re...iting line; must be at most 40 characters' },
    ),
  )
  fact(
    'T',
    'what cannot be expanded',
    created({ ...percent, expand: ['x'] }, { message: 'This property cannot be expanded (x).' }),
  )
  fact(
    'T',
    'on a list the prefix is pointed out',
    refusal(
      'GET',
      '/v1/coupons',
      { expand: ['applies_to'] },
      {
        message:
          "This property cannot be expanded (applies_to). You may want to try expanding 'data.applies_to' instead.",
      },
    ),
  )
  fact('T', 'expansion goes four levels deep', created({ ...percent, expand: ['a.b.c.d.e'] }, {}))
  fact('G', 'a bad expand on a create creates nothing', async (s) => {
    await s.refused('POST', '/v1/coupons', { ...percent, expand: ['x'] })
    expect((await s.ok('GET', '/v1/coupons')).data).toEqual([])
  })
  fact(
    'G',
    'percent_off below 0',
    created(
      { percent_off: -5 },
      { param: 'percent_off', message: "This value must be greater than or equal to 0.01 (it currently is '-5.0')." },
    ),
  )
  fact(
    'G',
    'the words for percent_off over 100',
    created(
      { percent_off: 101 },
      { param: 'percent_off', message: "This value must be less than or equal to 100 (it currently is '101.0')." },
    ),
  )
  fact(
    'G',
    'percent_off with three decimals is refused, not rounded',
    created(
      { percent_off: '25.555' },
      { param: 'percent_off', message: 'Invalid decimal: 25.555; must contain at most 2 decimal places.' },
    ),
  )
  fact(
    'G',
    'percent_off that is no number',
    created({ percent_off: 'abc' }, { param: 'percent_off', message: 'Invalid decimal: abc' }),
  )
  fact(
    'G',
    'the words for amount_off of 0',
    created({ amount_off: 0, currency: 'usd' }, { code: wholeNumber, param: 'amount_off', message: atLeastOne }),
  )
  fact(
    'G',
    'max_redemptions of 0',
    created({ ...percent, max_redemptions: 0 }, { code: wholeNumber, param: 'max_redemptions', message: atLeastOne }),
  )
  fact(
    'G',
    'duration_in_months of 0',
    created(
      { ...percent, duration: 'repeating', duration_in_months: 0 },
      { code: wholeNumber, param: 'duration_in_months', message: atLeastOne },
    ),
  )
  fact('G', 'amount_off has no upper limit but that of integers', async (s) => {
    await s.ok('POST', '/v1/coupons', { amount_off: 999_999_999, currency: 'usd' })
    await created(
      { amount_off: '99999999999999999999', currency: 'usd' },
      { code: wholeNumber, param: 'amount_off' },
    )(s)
  })
  fact('G', 'an upper-case currency is taken and lower-cased', async (s) => {
    expect(await s.ok('POST', '/v1/coupons', { amount_off: 5, currency: 'USD' })).toMatchObject({ currency: 'usd' })
  })
  fact('T', 'a currency beside percent_off is taken', async (s) => {
    expect(await s.ok('POST', '/v1/coupons', { ...percent, currency: 'usd' })).toMatchObject({ currency: 'usd' })
  })
  fact(
    'G',
    'the order of the choices of duration',
    created(
      { ...percent, duration: 'never' },
      { param: 'duration', message: 'Invalid duration: must be one of forever, once, or repeating' },
    ),
  )
  fact(
    'T',
    'months without repeating are refused',
    created({ ...percent, duration_in_months: 3 }, { param: 'duration_in_months' }),
  )
  fact(
    'G',
    'an unknown product',
    created(
      { ...percent, applies_to: { products: ['x'] } },
      { code: 'resource_missing', param: 'applies_to[products][0]', message: "No such product: 'x'" },
    ),
  )
  fact(
    'T',
    'the id of a deleted coupon can be used again, and codes of the old one stay with the old one',
    async (s) => {
      await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
      const old = await s.ok('POST', '/v1/promotion_codes', { promotion: { type: 'coupon', coupon: 'A' } })
      await s.ok('DELETE', '/v1/coupons/A')
      await s.ok('POST', '/v1/coupons', { percent_off: 5, id: 'A' })
      expect(await s.ok('GET', `/v1/promotion_codes/${old.id}`)).toMatchObject({ active: false })
      expect((await s.ok('GET', '/v1/promotion_codes', { coupon: 'A' })).data).toEqual([])
    },
  )
  fact('T', 'an empty name on update clears it', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A', name: 'Old' })
    expect(await s.ok('POST', '/v1/coupons/A', { name: null })).toMatchObject({ name: null })
  })
  fact('G', 'an id may have any character', async (s) => {
    for (const id of ['ä ß/?#%', '..', '*', '__proto__', '🎁']) {
      await s.ok('POST', '/v1/coupons', { ...percent, id })
      expect(await s.ok('GET', `/v1/coupons/${encodeURIComponent(id)}`)).toMatchObject({ id })
    }
  })
  fact('G', 'a deleted coupon is no cursor', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    await s.ok('DELETE', '/v1/coupons/A')
    await refusal(
      'GET',
      '/v1/coupons',
      { starting_after: 'A' },
      { code: 'resource_missing', param: 'starting_after', message: "No such coupon: 'A'" },
    )(s)
  })
  fact(
    'T',
    'an unknown cursor is told before two cursors',
    refusal(
      'GET',
      '/v1/coupons',
      { starting_after: 'A', ending_before: 'B' },
      { code: 'resource_missing', param: 'starting_after', message: "No such coupon: 'A'" },
    ),
  )
  fact(
    'T',
    'promotion left out',
    refusal(
      'POST',
      '/v1/promotion_codes',
      {},
      { code: 'parameter_missing', param: 'promotion', message: 'Missing required param: promotion.' },
    ),
  )
  fact(
    'T',
    'minimum_amount without its currency',
    refusal(
      'POST',
      '/v1/promotion_codes',
      { promotion: { type: 'coupon', coupon: 'A' }, restrictions: { minimum_amount: 5 } },
      {
        param: 'restrictions[minimum_amount_currency]',
        message: 'You must pass minimum_amount_currency when passing minimum_amount',
      },
    ),
  )
  fact(
    'T',
    'codes filtered by an unknown coupon',
    refusal(
      'GET',
      '/v1/promotion_codes',
      { coupon: 'UNKNOWN1' },
      { code: 'resource_missing', param: 'coupon', message: "No such coupon: 'UNKNOWN1'" },
    ),
  )
  fact('T', 'expanding promotion alone does nothing', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    const code = await s.ok('POST', '/v1/promotion_codes', {
      promotion: { type: 'coupon', coupon: 'A' },
      expand: ['promotion'],
    })
    expect(code.promotion).toEqual({ coupon: 'A', type: 'coupon' })
  })
  fact('G', 'one spelling may be active for two customers', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    for (const n of [1, 2]) {
      const customer = (await s.ok('POST', '/v1/customers', { name: `C${n}` })).id
      await s.ok('POST', '/v1/promotion_codes', {
        promotion: { type: 'coupon', coupon: 'A' },
        code: 'same',
        customer,
      })
    }
  })
  fact(
    'T',
    'the words for too many keys of metadata',
    created(
      { ...percent, metadata: Object.fromEntries(Array.from({ length: 52 }, (_, n) => [`k${n}`, 'v'])) },
      { param: 'metadata', message: "Metadata can have up to 50 keys, but you've set 52." },
    ),
  )
  fact(
    'T',
    'a wrong key is shown masked',
    refusal(
      'GET',
      '/v1/coupons',
      {},
      { status: 401, message: 'Invalid API Key provided: sk_test_*****1234' },
      { key: 'sk_test_a!bcd1234' },
    ),
  )
  fact(
    'T',
    'a publishable key is refused',
    refusal('GET', '/v1/coupons', {}, { status: 401, code: 'secret_key_required' }, { key: 'pk_test_abcd' }),
  )
  fact('T', 'the key of a request that is still running is 409', async (s) => {
    const slow = s.call('POST', '/v1/coupons', percent, {
      idempotencyKey: 'k',
      headers: { 'sandbox-fault': 'latency;ms=30' },
    })
    const twin = await s.refused('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
    expect(twin).toMatchObject({ status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' })
    expect((await slow).status).toBe(200)
    expect((await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })).headers['idempotent-replayed']).toBe(
      'true',
    )
  })
  fact('T', 'the key comes back as a header', async (s) => {
    expect((await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })).headers['idempotency-key']).toBe('k')
  })
  fact('G', 'any real date is a version: named from 2024-09-30 on, bare before', async (s) => {
    for (const version of ['2024-06-20', '2025-03-31.basil', '2026-08-26.dahlia']) {
      expect((await s.call('GET', '/v1/coupons', {}, { version })).headers['stripe-version']).toBe(version)
    }
    for (const version of ['2024-06-31', '2025-03-31', '2024-06-20.basil', 'latest']) {
      expect(await s.refused('GET', '/v1/coupons', {}, { version })).toMatchObject({ status: 400 })
    }
  })
  fact('T', 'a trailing slash is an unknown URL with a hint', async (s) => {
    expect((await s.refused('GET', '/v1/coupons/')).message).toContain('remove the trailing slash')
  })
})
