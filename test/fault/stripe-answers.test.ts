import { expect, type TestContext, test } from 'vitest'
import { expectRefusal } from '../support/server.ts'
import { startServerOnStub } from '../support/server-on-stub.ts'
import { answerWith, coupon, type openStub, stripeError } from '../support/stripe-stub.ts'

const create = async ({ onTestFinished }: TestContext, ...behaviours: Parameters<typeof openStub>) => {
  const options = { timeoutMs: 20_000, retriesMax: 0 }
  const { server, create: send } = await startServerOnStub(behaviours, options, onTestFinished)
  return { server, answer: await send() }
}

test('an answer larger than any object is not read to its end', async (context) => {
  let bytesTaken = 0
  const { answer } = await create(context, (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const chunk = Buffer.alloc(64 * 1024, ' ')
    const write = () => {
      while (!response.destroyed) {
        bytesTaken += chunk.length
        if (!response.write(chunk)) return
      }
    }
    response.on('drain', write).on('error', () => {})
    write()
  })
  expectRefusal(answer, 502, 'stripe_unavailable', { outcome: 'unknown' })
  // What the sockets of both sides hold comes on top of the megabyte that is read.
  expect(bytesTaken).toBeLessThan(32_000_000)
})

test('an object of just under a megabyte is read', async (context) => {
  const { answer } = await create(context, answerWith(200, { ...coupon, padding: 'x'.repeat(990_000) }))
  expect(answer).toMatchObject({ status: 201, body: { id: 'STUB' } })
})

test('names and sentences of Stripe are passed on without secrets, shortened, and only in their expected form', async (context) => {
  const secret = 'sk_live_51abcdefgh'
  const error = { message: `Bad ${secret} ${'x'.repeat(10_000)}`, param: `name ${secret}` }
  const { answer, server } = await create(context, stripeError(400, error, { 'request-id': `req <${secret}>` }))
  expectRefusal(answer, 400, 'invalid_request')
  expect(answer.body['error']).toMatch(/^Bad \[secret\] x+…$/)
  expect(String(answer.body['error']).length).toBeLessThan(2_100)
  expect(answer.body).not.toHaveProperty('param')
  expect(answer.headers.get('stripe-request-id')).toBe(null)
  const told = JSON.stringify([answer.body, [...answer.headers], server.logged])
  expect(told).not.toContain(secret)
})

/** Lists three coupons, or promotion codes, in a body that is too large where so many or more may be given. */
const listTooLargeFrom =
  (count: number): Parameters<typeof openStub>[0] =>
  (response, seen) => {
    const limit = Number(new URL(seen.path, 'http://stub').searchParams.get('limit'))
    const data = ['A', 'B', 'C'].map((id) => ({ ...coupon, id }))
    const padding = limit < count ? '' : 'x'.repeat(8_000_000)
    answerWith(200, { object: 'list', data, has_more: false, padding })(response, seen)
  }

const openList = async (count: number) =>
  await startServerOnStub([listTooLargeFrom(count)], { timeoutMs: 20_000, retriesMax: 2 })

test.each(['/coupons', '/promotion-codes', '/coupons/TEN/promotion-codes'])(
  'a list of %s that is too large to be read is asked for once, and refused with what helps',
  async (path) => {
    const { server, stub } = await openList(1)
    const answer = await server.call(server.coupons.replace(/\/coupons$/, path))
    expectRefusal(answer, 400, 'invalid_request', { param: 'limit', retryable: false })
    const sentence = 'Stripe’s answer was too large to be read. Ask for fewer at a time with limit.'
    expect(answer.body['error']).toBe(sentence)
    expect(stub.seen).toHaveLength(1)
    await expect.poll(() => server.logged.join('')).toContain(sentence)
  },
)

test('a search whose pages are too large to be read goes on in smaller ones', async () => {
  const { server, stub } = await openList(50)
  const { body } = await server.call(`${server.coupons}?query=stub`)
  expect(body).toMatchObject({ data: [{ id: 'A' }, { id: 'B' }, { id: 'C' }], search: { searched: 3 } })
  expect(stub.seen.map(({ path }) => path)).toEqual([100, 50, 25].map((limit) => `/v1/coupons?limit=${limit}`))
})

test('a search is refused where a single coupon is too large to be read', async () => {
  const { server, stub } = await openList(1)
  expectRefusal(await server.call(`${server.coupons}?query=b`), 400, 'invalid_request', { param: 'limit' })
  expect(stub.seen).toHaveLength(8)
})
