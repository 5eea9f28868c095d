/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { fact, percent, refusal } from '../../support/sandbox-facts.ts'

describe('keys, accounts and versions', () => {
  fact(
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
  )
  fact('S', 'Basic authentication has the key as its user', async (s) => {
    const authorization = `Basic ${Buffer.from('sk_test_sandbox:').toString('base64')}`
    await s.ok('GET', '/v1/coupons', {}, { headers: { authorization } })
  })
  fact('S', 'test and live have a state of their own, and livemode says which', async (s) => {
    const live = { key: 'sk_live_abcd' }
    expect(await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' }, live)).toMatchObject({ livemode: true })
    expect(await s.refused('GET', '/v1/coupons/A')).toMatchObject({ status: 404 })
    expect(await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })).toMatchObject({ livemode: false })
  })
  fact(
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
  )
  fact('S', "an account's objects are its own, and the header comes back", async (s) => {
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
  })
  fact('S', 'an account that left is refused in the words of one that never was', async (s) => {
    const account = (await s.ok('POST', '/v1/accounts')).id
    await s.ok('DELETE', `/v1/accounts/${account}`)
    const left = await s.refused('GET', '/v1/coupons', {}, { account })
    const never = await s.refused('GET', '/v1/coupons', {}, { account: 'acct_x' })
    expect(left).toEqual({ ...never, message: never.message.replace('acct_x', account) })
  })
  fact('S', 'Stripe-Context is another name for Stripe-Account', async (s) => {
    const account = (await s.ok('POST', '/v1/accounts')).id
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' }, { headers: { 'stripe-context': account } })
    await s.ok('GET', '/v1/coupons/A', {}, { account })
  })
  fact('R', 'a junk Stripe-Version is refused before the endpoint, and echoed', async (s) => {
    const { status, body, headers } = await s.call('GET', '/v1/nothing', {}, { version: 'not-a-real-version' })
    expect(status).toBe(400)
    expect(body).toEqual({
      error: { message: 'Invalid Stripe API version: not-a-real-version', type: 'invalid_request_error' },
    })
    expect(headers['stripe-version']).toBe('not-a-real-version')
  })
  fact('S', 'without a Stripe-Version there is a default', async (s) => {
    expect((await s.call('GET', '/v1/coupons')).headers['stripe-version']).toBe('2026-10-28.endive')
  })
  fact('S', 'a rate limit is 429 rate_limit with its reason', async (s) => {
    const { status, body, headers } = await s.call(
      'GET',
      '/v1/coupons',
      {},
      { headers: { 'sandbox-fault': '429;reason=global-rate' } },
    )
    expect(status).toBe(429)
    expect(body.error).toMatchObject({ code: 'rate_limit', type: 'invalid_request_error' })
    expect(headers['stripe-rate-limited-reason']).toBe('global-rate')
  })
})
