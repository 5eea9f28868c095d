import { expect, test } from 'vitest'
import { answer, refuse, type Step } from '../../test/support/stripe-steps.ts'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { WireRequest } from '../lib/wire.ts'
import { describeAccount } from './accounts.ts'
import { createStripeClient } from './client.ts'

const account = { id: 'acct_1', agencyId: 'ag_1' } as ConnectedAccount

/** A client whose requests are all answered by one step; `sent` says what they were. */
function open(step: Step) {
  const sent: WireRequest[] = []
  const send = async (wire: WireRequest, signal: AbortSignal) => {
    sent.push(wire)
    return await step(signal)
  }
  const client = createStripeClient({ secretKey: 'sk_test_1', mode: 'test', timeoutMs: 60_000, retriesMax: 0, send })
  return { client, sent }
}

const describeAs = async (fields: object) => {
  const stripeAccount = { id: 'acct_1', object: 'account', charges_enabled: true, ...fields }
  return await describeAccount(open(answer(200, stripeAccount)).client, account)
}

test('an account goes by its business’s name, else by the one that its dashboard shows, else by none', async () => {
  const dashboard = { settings: { dashboard: { display_name: 'Shown' } } }
  const business = { business_profile: { name: 'Shop' } }
  expect(await describeAs({ ...business, ...dashboard })).toMatchObject({ name: 'Shop' })
  expect(await describeAs({ business_profile: { name: null }, ...dashboard })).toMatchObject({ name: 'Shown' })
  expect(await describeAs({ settings: {} })).toMatchObject({ name: null })
  expect(await describeAs({})).toEqual({ name: null, defaultCurrency: null, chargesEnabled: true })
})

test('its currency and whether it can charge are as Stripe says', async () => {
  const said = { default_currency: 'eur', charges_enabled: false }
  expect(await describeAs(said)).toEqual({ name: null, defaultCurrency: 'eur', chargesEnabled: false })
})

test('it is read as the platform’s, by its id', async () => {
  const { client, sent } = open(answer(200, { id: 'acct_1', object: 'account' }))
  await client.retrieveAccount(account)
  expect(sent).toMatchObject([{ method: 'GET', path: '/v1/accounts/acct_1' }])
  expect(sent[0]?.headers).not.toHaveProperty('stripe-account')
})

test('of one that has left the platform nothing is known, and any other failure is one', async () => {
  const left = open(refuse(403, { code: 'account_invalid' }))
  expect(await describeAccount(left.client, account)).toBe(undefined)
  const down = open(refuse(500, {}))
  await expect(describeAccount(down.client, account)).rejects.toMatchObject({ code: 'stripe_unavailable' })
})

test('a new account of the platform has the name that it is given', async () => {
  const { client, sent } = open(answer(200, { id: 'acct_new', object: 'account' }))
  expect(await client.createAccount('Shop & Co')).toBe('acct_new')
  expect(sent).toMatchObject([
    { method: 'POST', path: '/v1/accounts', body: 'type=standard&business_profile[name]=Shop%20%26%20Co' },
  ])
})
