import Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import type { Account } from '../../src/sandbox/resources/accounts.ts'
import type { Coupon, DeletedCoupon } from '../../src/sandbox/resources/coupon.ts'
import type { Customer } from '../../src/sandbox/resources/customer.ts'
import type { Discount } from '../../src/sandbox/resources/discount.ts'
import type { Product } from '../../src/sandbox/resources/product.ts'
import type { PromotionCode } from '../../src/sandbox/resources/promotion-code.ts'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { serveSandbox, type SandboxServer } from '../../src/sandbox/server.ts'
import { schemaViolation } from '../support/sandbox-schemas.ts'

let server: SandboxServer
let stripe: Stripe

function client(options: Stripe.StripeConfig = {}, key = 'sk_test_sandbox'): Stripe {
  const { hostname, port } = new URL(server.url)
  const wire = { host: hostname, port: Number(port), protocol: 'http', telemetry: false } as const
  const one = new Stripe(key, { ...wire, emitEventBodies: true, ...options })
  one.on('response', (event: Stripe.ResponseEvent & { body?: Body }) => {
    const wrong = event.body && schemaViolation(event.status, asSent(event.body))
    if (wrong !== undefined) violations.push(wrong)
  })
  return one
}

type Body = Record<string, unknown> & { error?: Record<string, unknown> }

/** Schema violations in answers to any client. */
const violations: string[] = []

/** Removes what the SDK adds to an error that it received. */
function asSent(body: Body): Body {
  if (!body.error) return body
  const { headers: _h, statusCode: _s, requestId: _r, ...error } = body.error
  return { ...body, error }
}

beforeAll(async () => {
  server = await serveSandbox({ file: ':memory:', host: '127.0.0.1', port: 0 })
})
afterAll(() => server.close())
afterEach(() => expect(violations).toEqual([]))

/** Each test gets an account of its own, so that one sandbox serves them all. */
beforeEach(async () => {
  const { id } = await client().accounts.create({ type: 'standard' })
  stripe = client({ stripeAccount: id, maxNetworkRetries: 0 })
})

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('the official SDK over a port', () => {
  test('creates, reads, updates, lists and deletes coupons', async () => {
    const redeemBy = Math.floor(Date.now() / 1000) + 1000
    const made = await stripe.coupons.create({
      amount_off: 500,
      currency: 'usd',
      currency_options: { eur: { amount_off: 450 } },
      duration: 'repeating',
      duration_in_months: 3,
      max_redemptions: 10,
      metadata: { campaign: 'spring' },
      name: 'Frühling 🎁',
      redeem_by: redeemBy,
      expand: ['currency_options'],
    })
    expect(made).toMatchObject({ name: 'Frühling 🎁', valid: true, currency_options: { eur: { amount_off: 450 } } })
    const { currency_options: _, ...shown } = made
    expect(await stripe.coupons.retrieve(made.id)).toEqual(shown)
    expect(await stripe.coupons.update(made.id, { name: 'Herbst', metadata: { campaign: null } })).toMatchObject({
      name: 'Herbst',
      metadata: {},
    })
    expect((await stripe.coupons.list()).data).toHaveLength(1)
    expect(await stripe.coupons.del(made.id)).toEqual({ id: made.id, object: 'coupon', deleted: true })
    expect((await stripe.coupons.list()).data).toEqual([])
  })

  test('reaches an id of any characters', async () => {
    const id = 'a/b?c#d e%20'
    await stripe.coupons.create({ id, percent_off: 25 })
    expect(await stripe.coupons.retrieve(id)).toMatchObject({ id })
  })

  test('creates, reads, updates and lists promotion codes', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 25 })
    const customer = await stripe.customers.create({ email: 'a@example.com' })
    const made = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      code: 'SPRING',
      customer: customer.id,
      restrictions: { first_time_transaction: true, minimum_amount: 100, minimum_amount_currency: 'usd' },
      expand: ['promotion.coupon', 'customer'],
    })
    expect(made).toMatchObject({ promotion: { coupon: { id: coupon.id } }, customer: { email: 'a@example.com' } })
    expect(await stripe.promotionCodes.retrieve(made.id)).toMatchObject({ code: 'SPRING', customer: customer.id })
    expect(await stripe.promotionCodes.update(made.id, { active: false })).toMatchObject({ active: false })
    const { data } = await stripe.promotionCodes.list({
      code: 'spring',
      active: false,
      expand: ['data.promotion.coupon'],
    })
    expect(data).toMatchObject([{ id: made.id, promotion: { coupon: { id: coupon.id } } }])
  })

  test('creates, reads and lists customers, products and accounts', async () => {
    const product = await stripe.products.create({ name: 'Plan' })
    expect(await stripe.products.retrieve(product.id)).toEqual(product)
    expect((await stripe.products.list()).data).toEqual([product])
    const customer = await stripe.customers.create({ name: 'Ada' })
    expect(await stripe.customers.retrieve(customer.id)).toEqual(customer)
    expect((await stripe.customers.list()).data).toEqual([customer])
    const platform = client()
    const account = await platform.accounts.create({ type: 'express', email: 'b@example.com' })
    expect(await platform.accounts.retrieve(account.id)).toEqual(account)
    expect((await platform.accounts.list({ limit: 1 })).data).toEqual([account])
    expect(await platform.accounts.del(account.id)).toEqual({ id: account.id, object: 'account', deleted: true })
  })

  test('pages through a list by itself, forwards and backwards', async () => {
    const made: string[] = []
    for (let n = 0; n < 25; n++) made.push((await stripe.coupons.create({ percent_off: 25 })).id)
    const seen: string[] = []
    for await (const { id } of stripe.coupons.list({ limit: 7 })) seen.push(id)
    expect(seen).toEqual(made.toReversed())
    const back: string[] = []
    for await (const { id } of stripe.coupons.list({ limit: 7, ending_before: made[0] ?? '' })) back.push(id)
    expect(back).toEqual(made.slice(1))
  })

  test('raises its own class for each kind of refusal', async () => {
    const { errors } = Stripe
    expect(await caught(stripe.coupons.create({}))).toBeInstanceOf(errors.StripeInvalidRequestError)
    expect(await caught(stripe.coupons.retrieve('x'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'coupon',
    })
    expect(await caught(client({}, 'nonsense').coupons.list())).toBeInstanceOf(errors.StripeAuthenticationError)
    expect(await caught(client({ stripeAccount: 'acct_x' }).coupons.list())).toBeInstanceOf(
      errors.StripePermissionError,
    )
    await stripe.coupons.create({ percent_off: 5 }, { idempotencyKey: 'one' })
    const reused = stripe.coupons.create({ percent_off: 6 }, { idempotencyKey: 'one' })
    expect(await caught(reused)).toBeInstanceOf(errors.StripeIdempotencyError)
    const limited = stripe.coupons.create({ percent_off: 5, metadata: { sandbox_fault: '429' } })
    expect(await caught(limited)).toBeInstanceOf(errors.StripeRateLimitError)
    const broken = stripe.coupons.create({ percent_off: 5, metadata: { sandbox_fault: '500' } })
    expect(await caught(broken)).toBeInstanceOf(errors.StripeAPIError)
  })

  test('carries the id of the request', async () => {
    const { lastResponse } = await stripe.coupons.create({ percent_off: 5 })
    expect(lastResponse.requestId).toMatch(/^req_/)
    expect(await caught(stripe.coupons.create({}))).toMatchObject({ requestId: expect.stringMatching(/^req_/) })
  })

  test.each(['lost', '503;times=1', 'reset;times=1'])('retries %s and has one coupon', async (fault) => {
    const retrying = client({ maxNetworkRetries: 2, stripeAccount: String(stripe.getApiField('stripeAccount')) })
    const made = await retrying.coupons.create({ percent_off: 5, metadata: { sandbox_fault: fault } })
    expect((await retrying.coupons.list()).data.map(({ id }) => id)).toEqual([made.id])
  })

  test('raises a connection error for a cut answer, and has one coupon after a retry with the same key', async () => {
    const params = { percent_off: 5, metadata: { sandbox_fault: 'cut' } }
    const cut = stripe.coupons.create(params, { idempotencyKey: 'k' })
    expect(await caught(cut)).toBeInstanceOf(Stripe.errors.StripeConnectionError)
    const made = await stripe.coupons.create(params, { idempotencyKey: 'k' })
    expect((await stripe.coupons.list()).data).toEqual([made])
  })
})

test('the official SDK on the embedded fetch', async () => {
  const sandbox = openSandbox({ file: ':memory:' })
  const embedded = new Stripe('sk_test_sandbox', {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  })
  const { id } = await embedded.coupons.create({ percent_off: 12.5 })
  expect(await embedded.coupons.retrieve(id)).toMatchObject({ percent_off: 12.5 })
  for (const fault of ['reset', 'cut']) {
    const broken = embedded.coupons.create({ percent_off: 5, metadata: { sandbox_fault: fault } })
    expect(await caught(broken)).toBeInstanceOf(Stripe.errors.StripeConnectionError)
  }
  const late = embedded.coupons.create(
    { percent_off: 5, metadata: { sandbox_fault: 'latency;ms=5000' } },
    { timeout: 20 },
  )
  expect(await caught(late)).toBeInstanceOf(Stripe.errors.StripeConnectionError)
  sandbox.close()
})

/** Without the shapes of older API versions, which the SDK's types do not know. */
type PlainDiscount = Omit<Discount, 'promotion_code'> & { promotion_code: string | null }

test("the sandbox's objects have the SDK's types", () => {
  expectTypeOf<Account>().toExtend<Stripe.Account>()
  expectTypeOf<Coupon>().toExtend<Stripe.Coupon>()
  expectTypeOf<DeletedCoupon>().toExtend<Stripe.DeletedCoupon>()
  expectTypeOf<PlainDiscount>().toExtend<Stripe.Discount>()
  expectTypeOf<Product>().toExtend<Stripe.Product>()
  expectTypeOf<Omit<Customer, 'discount'> & { discount: PlainDiscount | null }>().toExtend<Stripe.Customer>()
  expectTypeOf<Omit<PromotionCode, 'customer'> & { customer: string | null }>().toExtend<Stripe.PromotionCode>()
})
