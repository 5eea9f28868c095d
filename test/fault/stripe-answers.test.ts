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
