import { describe, expect, test } from 'vitest'
import { answer, refuse, type Step } from '../../test/support/stripe-steps.ts'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { WireRequest } from '../lib/wire.ts'
import { createStripeClient } from './client.ts'

const account = { id: 'acct_1', agencyId: 'ag_1' } as ConnectedAccount
const list = { object: 'list', data: [] }

/** A client whose requests are all answered by one step; `sent` says what they were. */
function open(step: Step) {
  const sent: WireRequest[] = []
  const client = createStripeClient({
    secretKey: 'sk_test_client',
    mode: 'test',
    timeoutMs: 60_000,
    retriesMax: 0,
    send: async (wire, signal) => {
      sent.push(wire)
      return await step(signal)
    },
  })
  return { client, sent, paths: () => sent.map(({ method, path }) => `${method} ${path}`) }
}

const date = 'Sat, 28 Feb 2026 12:00:00 GMT'

test('the check of the platform reads coupons and codes of its own, and returns Stripe’s time', async () => {
  const { client, sent, paths } = open(answer(200, list, { date }))
  expect(await client.checkPlatform()).toEqual({ stripeTime: new Date(date) })
  expect(paths()).toEqual(['GET /v1/coupons?limit=1', 'GET /v1/promotion_codes?limit=1'])
  for (const { headers } of sent) expect(headers).not.toHaveProperty('stripe-account')
})

test('where Stripe names no time there is none', async () => {
  expect(await open(answer(200, list)).client.checkPlatform()).toEqual({ stripeTime: undefined })
})

test('a client knows its mode, and where something that is not Stripe answers the check, it fails', async () => {
  const { client } = open(answer(200, { object: 'coupon', id: 'TEN' }))
  expect(client.mode).toBe('test')
  await expect(client.checkPlatform()).rejects.toMatchObject({ code: 'stripe_unavailable' })
})

type Client = ReturnType<typeof open>['client']
const promotion = { type: 'coupon', coupon: 'TEN' } as const
const expand = 'expand%5B0%5D='
const coupon = { object: 'coupon', id: 'TEN' }
const code = { object: 'promotion_code', id: 'promo_1' }

describe.each<[string, (client: Client) => Promise<unknown>, string, object, string?]>([
  [
    'creating a coupon',
    (client) => client.createCoupon(account, { percent_off: 10 }, 'key'),
    'POST /v1/coupons',
    coupon,
    'data.id',
  ],
  ['reading a coupon', (client) => client.retrieveCoupon(account, 'TEN'), 'GET /v1/coupons/TEN', coupon],
  [
    'changing a coupon',
    (client) => client.updateCoupon(account, 'TEN', { name: 'Ten' }, 'key'),
    'POST /v1/coupons/TEN',
    coupon,
  ],
  ['deleting a coupon', (client) => client.deleteCoupon(account, 'TEN'), 'DELETE /v1/coupons/TEN', coupon],
  ['listing coupons', (client) => client.listCoupons(account, { limit: 3 }), 'GET /v1/coupons?limit=3', list],
  [
    'creating a code',
    (client) => client.createPromotionCode(account, { promotion }, 'key'),
    'POST /v1/promotion_codes',
    code,
    'data.code',
  ],
  [
    'reading a code',
    (client) => client.retrievePromotionCode(account, 'promo_1'),
    `GET /v1/promotion_codes/promo_1?${expand}promotion.coupon`,
    code,
  ],
  [
    'changing a code',
    (client) => client.updatePromotionCode(account, 'promo_1', { active: true }, 'key'),
    'POST /v1/promotion_codes/promo_1',
    code,
    'data.active',
  ],
  [
    'listing codes',
    (client) => client.listPromotionCodes(account, { coupon: 'TEN' }),
    `GET /v1/promotion_codes?coupon=TEN&${expand}data.promotion.coupon`,
    list,
  ],
])('%s', (_, call, expectedPath, object, conflictParam) => {
  test('is one request on the account, with the key that it is given, and takes the object that it asked for', async () => {
    const { client, sent, paths } = open(answer(200, object))
    expect(await call(client)).toMatchObject({ value: object })
    expect(paths()).toEqual([expectedPath])
    const { method, headers } = sent[0] ?? {}
    expect(headers?.['stripe-account']).toBe('acct_1')
    expect(headers?.['idempotency-key']).toBe(method === 'POST' ? 'key' : undefined)
  })

  test('takes no other object', async () => {
    const { client } = open(answer(200, { object: 'account', id: 'acct_1' }))
    await expect(call(client)).rejects.toMatchObject({ code: 'stripe_unavailable' })
  })

  test('names the field whose value is taken', async () => {
    const { client } = open(refuse(400, { code: 'resource_already_exists' }))
    await expect(call(client)).rejects.toMatchObject({ code: 'already_exists', param: conflictParam })
  })
})
