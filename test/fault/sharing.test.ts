import { expect, onTestFinished, test } from 'vitest'
import { createRequest, dial } from '../support/raw.ts'
import { couponsOf, expectRefusal } from '../support/server.ts'
import { startServerOnStub } from '../support/server-on-stub.ts'
import { answerWith, coupon, hold, type openStub } from '../support/stripe-stub.ts'

const open = async (...behaviours: Parameters<typeof openStub>) =>
  await startServerOnStub(behaviours, { timeoutMs: 60_000, retriesMax: 0 })

test('one key on two accounts at once is two calls, each with a key of its own', async () => {
  const { behave, release } = hold()
  const { stub, server, create } = await open(behave)
  const second = await server.connectAnother(server.agencyId)
  const both = Promise.all([create('order-1'), create('order-1', couponsOf(second))])
  await expect.poll(() => stub.seen.length).toBe(2)
  release()
  expect((await both).map(({ status }) => status)).toEqual([201, 201])
  const accounts = new Set(stub.seen.map(({ headers }) => headers['stripe-account']))
  expect(accounts).toEqual(new Set([server.accountId, second]))
  expect(new Set(stub.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
})

test('two keys on one account are two calls, even for the same coupon at once', async () => {
  const { behave, release } = hold()
  const { stub, create } = await open(behave)
  const both = Promise.all([create('order-1'), create('order-2')])
  await expect.poll(() => stub.seen.length).toBe(2)
  release()
  expect((await both).map(({ status }) => status)).toEqual([201, 201])
})

test('an equal request that comes while the first runs joins its call, and is told that its answer is a replay', async () => {
  const { behave, release } = hold()
  const { stub, server, create } = await open(behave)
  const first = create('order-1')
  await expect.poll(() => stub.seen.length).toBe(1)
  const socket = dial(server)
  onTestFinished(() => void socket.destroy())
  let said = ''
  socket.on('data', (text: string) => (said += text))
  // Requests of one connection are taken in turn: once Stripe has seen the last one, the one before it has joined the first.
  socket.write(createRequest(server, 'order-1') + createRequest(server, 'order-2'))
  await expect.poll(() => stub.seen.length).toBe(2)
  release()
  await expect.poll(() => said.match(/HTTP\/1.1 201 /g)).toHaveLength(2)
  expect(said.match(/^idempotent-replayed: true/gm)).toHaveLength(1)
  expect((await first).headers.get('idempotent-replayed')).toBe(null)
  expect(stub.seen).toHaveLength(2)
  expect(new Set(stub.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
})

test('a call is shared only while it runs: a retry asks Stripe again, whatever became of the first', async () => {
  const { stub, create } = await open(answerWith(503, '{}'), answerWith(200, coupon), answerWith(200, coupon))
  expectRefusal(await create('order-1'), 502, 'stripe_unavailable')
  for (const _ of [1, 2]) expect((await create('order-1')).status).toBe(201)
  const keys = stub.seen.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toEqual([keys[0], keys[0], keys[0]])
})
