/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { currencies } from '../../../src/lib/currencies.ts'
import { fact, percent, refusal, type Refusal } from '../../support/sandbox-facts.ts'
import type { Params } from '../../support/sandbox.ts'

const createRefused = (params: Params, expected: Refusal) => refusal('POST', '/v1/coupons', params, expected)

describe('a create of a coupon is refused', () => {
  fact(
    'R',
    'neither discount',
    createRefused({}, { code: 'parameter_missing', message: 'Must provide percent_off or amount_off.' }),
  )
  fact(
    'R',
    'both discounts',
    createRefused(
      { ...percent, amount_off: 1 },
      {
        message: 'Received both percent_off and amount_off parameters. Please pass in only one.',
      },
    ),
  )
  fact(
    'R',
    'amount_off without a currency',
    createRefused(
      { amount_off: 1 },
      {
        param: 'currency',
        message: 'You must pass currency when passing amount_off',
      },
    ),
  )
  fact(
    'R',
    'repeating without months',
    createRefused(
      { ...percent, duration: 'repeating' },
      {
        param: 'duration',
        message: 'The duration_in_months param must be set when creating a coupon with a repeating duration',
      },
    ),
  )
  fact(
    'R',
    'percent_off 0',
    createRefused(
      { percent_off: 0 },
      {
        param: 'percent_off',
        message: "This value must be greater than or equal to 0.01 (it currently is '0.0').",
      },
    ),
  )
  fact('S', 'percent_off over 100 is refused', async (s) => {
    expect(await s.refused('POST', '/v1/coupons', { percent_off: '100.01' })).toMatchObject({ param: 'percent_off' })
    await s.ok('POST', '/v1/coupons', { percent_off: 100 })
  })
  fact('S', 'amount_off is positive', async (s) => {
    for (const amount_off of [0, -1]) {
      const error = await s.refused('POST', '/v1/coupons', { amount_off, currency: 'usd' })
      expect(error).toMatchObject({ status: 400, param: 'amount_off' })
    }
  })
  fact(
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
  )
  fact(
    'R',
    'currency_options with percent_off',
    createRefused(
      { ...percent, currency_options: { eur: { amount_off: 1 } } },
      {
        param: 'currency_options',
        message: 'You may only specify one of these parameters: currency_options, percent_off.',
      },
    ),
  )
  fact(
    'R',
    'currency_options with an upper-case key',
    createRefused(
      { amount_off: 1, currency: 'usd', currency_options: { EUR: { amount_off: 1 } } },
      {
        param: 'currency_options',
        message: 'Currencies must be lowercase when used as keys in a map. Use `eur` instead of `EUR`.',
      },
    ),
  )
  fact('R', 'currency_options with an unknown currency names 154, with a stop', async (s) => {
    const { message, param } = await s.refused('POST', '/v1/coupons', {
      amount_off: 1,
      currency: 'usd',
      currency_options: { xyz: { amount_off: 1 } },
    })
    expect(param).toBe('currency_options')
    expect(message).toMatch(/^Invalid currency: xyz[.] Stripe currently supports these currencies: usd, .*[.]$/)
    expect(message.split(': ')[2]?.split(', ')).toHaveLength(154)
  })
  fact('R', 'an unknown currency names 151, without a stop', async (s) => {
    const { message } = await s.refused('POST', '/v1/coupons', { amount_off: 1, currency: 'xyz' })
    expect(message).toBe(`Invalid currency: xyz. Stripe currently supports these currencies: ${currencies.join(', ')}`)
    expect(currencies).toHaveLength(151)
  })
  fact(
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
  )
  fact(
    'S',
    'redeem_by more than five years ahead',
    createRefused(
      { ...percent, redeem_by: 1_800_000_000 + 5 * 366 * 86_400 },
      {
        param: 'redeem_by',
        message: 'Invalid timestamp: can be no more than five years in the future.',
      },
    ),
  )
  fact('R', 'an id that is taken', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    await createRefused(
      { ...percent, id: 'A' },
      { code: 'resource_already_exists', message: 'Coupon already exists.' },
    )(s)
  })
  fact('S', 'a name has up to 40 characters', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, name: 'x'.repeat(40) })
    expect(await s.refused('POST', '/v1/coupons', { ...percent, name: 'x'.repeat(41) })).toMatchObject({
      status: 400,
    })
  })
})
