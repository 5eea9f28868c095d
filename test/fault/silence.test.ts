import { describe, expect, test } from 'vitest'
import { expectRefusal, journalOf } from '../support/server.ts'
import { startServerOnStub } from '../support/server-on-stub.ts'
import { drip, hang, type openStub, stripeError, succeed } from '../support/stripe-stub.ts'

/**
 * A server on a stub that behaves so, and its answer to one create. A try that is to succeed has seconds for it, and the tests
 * run one after the other, so that no server starts while a deadline of another runs.
 */
const create = async (timeoutMs: number, ...behaviours: Parameters<typeof openStub>) => {
  const { server, stub, create: send } = await startServerOnStub(behaviours, { timeoutMs, retriesMax: 1 })
  return { answer: await send(), server, stub }
}

describe.each([
  ['a Stripe that never answers', hang],
  ['an answer that never ends', drip],
])('%s', (_, silence) => {
  test('is asked again with the same key, and the caller gets its coupon', async () => {
    const { answer, stub } = await create(3_000, silence, succeed)
    expect({ status: answer.status, id: answer.body['id'] }).toEqual({ status: 201, id: 'STUB' })
    const keys = stub.seen.map((request) => request.headers['idempotency-key'])
    expect(keys).toEqual([keys[0], keys[0]])
  })

  test('is a timeout whose outcome is unknown once the tries are used up', async () => {
    const { answer, server } = await create(1_000, silence)
    expectRefusal(answer, 504, 'stripe_timeout', { outcome: 'unknown', retryable: true })
    expect(answer.body['error']).toMatch(/same Idempotency-Key/)
    expect(await journalOf(server)).toMatchObject([{ outcome: 'unknown', code: 'stripe_timeout' }])
  })
})

test('a refusal of the second try does not say that the first, which nobody answered, was not applied', async () => {
  const { answer, server } = await create(3_000, hang, stripeError(400, { code: 'resource_already_exists' }))
  expect(answer.body).toMatchObject({ code: 'already_exists', outcome: 'unknown' })
  expect(answer.body['error']).toMatch(/may have been applied/)
  expect(await journalOf(server)).toMatchObject([{ outcome: 'unknown', code: 'already_exists' }])
})
