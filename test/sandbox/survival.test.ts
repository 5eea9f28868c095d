import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { callerOf, open } from '../support/sandbox.ts'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { Store } from '../../src/sandbox/store/store.ts'
import { newFolder } from '../support/process.ts'
import { exitOf, startSandbox } from '../support/sandbox-process.ts'
import { schemaViolation } from '../support/sandbox-schemas.ts'

async function create(url: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/v1/coupons`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_sandbox' },
    body: new URLSearchParams({ percent_off: '25' }),
  })
  if (answer.status !== 200) return undefined
  const body: { id: string } = JSON.parse(await answer.text())
  expect(schemaViolation(200, body)).toBe(undefined)
  return body.id
}

/** Sends a create that the fault holds; resolves when its headers arrive. */
function createWith(url: string, fault: string, id: string, key: string): Promise<Response> {
  return fetch(`${url}/v1/coupons`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_sandbox', 'sandbox-fault': fault, 'idempotency-key': key },
    body: new URLSearchParams({ percent_off: '25', id }),
  })
}

test('what was answered 200 is there after kill -9, and what was not begun is not', async () => {
  const file = join(newFolder(), 'sandbox.db')
  const answered: string[] = []
  const held: string[] = []
  for (const round of [1, 2, 3]) {
    const { child, url } = await startSandbox('--data', file)
    // Their work is done and their answer has begun when the process is killed.
    const dripping = [1, 2, 3, 4].map((n) => `DRIP${round}${n}`)
    const answers = await Promise.all(dripping.map((id) => createWith(url, 'drip;ms=600000', id, id)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    answered.push(...dripping)
    // A second request is told so as soon as the first is held.
    const late = `LATE${round}`
    createWith(url, 'latency;ms=600000', late, late).catch(() => {})
    await vi.waitFor(async () => expect((await createWith(url, '503', 'OTHER', late)).status).toBe(409), 15_000)
    held.push(late)
    const ids = await Promise.all(Array.from({ length: 50 }, () => create(url)))
    answered.push(...ids.map(String))
    child.kill('SIGKILL')
    await exitOf(child)
  }
  const { ok, call } = open({ file })
  for (const id of answered) await ok('GET', `/v1/coupons/${id}`)
  for (const id of held) expect((await call('GET', `/v1/coupons/${id}`)).status).toBe(404)
})

test('two hold one file open: each sees what the other did, and they share the clock and the faults', async () => {
  const file = join(newFolder(), 'sandbox.db')
  const one = open({ file })
  const other = open({ file })
  const { id } = await one.ok('POST', '/v1/coupons', { percent_off: 25, redeem_by: one.clock.now + 10 })
  expect(await other.ok('GET', `/v1/coupons/${id}`)).toMatchObject({ valid: true })
  await other.ok('POST', '/_sandbox/clock', { advance: 11 })
  expect(await one.ok('GET', `/v1/coupons/${id}`)).toMatchObject({ valid: false })
  await one.ok('POST', '/_sandbox/faults', { fault: '503', times: 1 })
  expect((await other.call('GET', '/v1/coupons')).status).toBe(503)
  expect((await one.call('GET', '/v1/coupons')).status).toBe(200)
  await other.ok('DELETE', `/v1/coupons/${id}`)
  expect((await one.call('GET', `/v1/coupons/${id}`)).status).toBe(404)
})

test('two of one process do not lock each other out', async () => {
  const file = join(newFolder(), 'sandbox.db')
  const both = [open({ file }), open({ file })]
  const made = await Promise.all(
    both.flatMap(({ ok }) => [1, 2, 3].map(() => ok('POST', '/v1/coupons', { percent_off: 25 }))),
  )
  expect(new Set(made.map(({ id }) => id)).size).toBe(6)
})

test('writes of two processes at once all come through', async () => {
  const file = join(newFolder(), 'sandbox.db')
  const { url } = await startSandbox('--data', file)
  const { ok } = open({ file })
  const ids = await Promise.all(
    Array.from({ length: 200 }, async (_, n) =>
      n % 2 ? create(url) : (await ok('POST', '/v1/coupons', { percent_off: 25 })).id,
    ),
  )
  expect(new Set(ids).size).toBe(200)
  for (const id of ids) await ok('GET', `/v1/coupons/${id}`)
})

test('of two processes redeeming the last place one wins', async () => {
  const file = join(newFolder(), 'sandbox.db')
  const { url } = await startSandbox('--data', file)
  const { ok, call } = open({ file })
  const customer = (await ok('POST', '/v1/customers')).id
  for (let n = 0; n < 20; n++) {
    const { id } = await ok('POST', '/v1/coupons', { percent_off: 25, max_redemptions: 1 })
    const there = fetch(`${url}/_sandbox/redemptions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_sandbox' },
      body: new URLSearchParams({ coupon: id, customer }),
    })
    const here = call('POST', '/_sandbox/redemptions', { coupon: id, customer })
    const { status } = await there
    expect(schemaViolation(status, (await (await there).json()) as Record<string, unknown>)).toBe(undefined)
    expect([status, (await here).status].toSorted((a, b) => a - b)).toEqual([200, 400])
  }
})

test('a file of an earlier release is read, whose objects lack later fields', async () => {
  const file = join(newFolder(), 'sandbox.db')
  const store = new Store(file)
  store.change(() => {
    const customer = { description: null, discountSeq: null, email: null, metadata: {}, name: null, phone: null }
    store.add(0, 'customer', (tail) => `cus_123456${tail}`, 1_700_000_000, { ...customer, tax_exempt: 'none' })
    const product = { active: true, description: null, metadata: {}, name: 'Plan' }
    store.addWithId(0, 'product', 'P', 1_700_000_000, product)
    const account = { name: null, business_type: null, country: 'US', email: null, metadata: {}, type: 'express' }
    store.add(0, 'account', (tail) => `acct_11234567${tail}`, 1_700_000_000, account)
  })
  store.close()
  const { ok } = open({ file })
  expect((await ok('GET', '/v1/customers')).data).toMatchObject([{ address: null, balance: 0, shipping: null }])
  expect((await ok('GET', '/v1/products', { type: 'service' })).data).toMatchObject([{ id: 'P', images: [] }])
  const [account] = (await ok('GET', '/v1/accounts')).data
  expect(account.controller.stripe_dashboard).toEqual({ type: 'express' })
})

test('the state is there when it is opened again, keys of idempotency included', async () => {
  const file = join(newFolder(), 'sandbox.db')
  const first = openSandbox({ file })
  const { text } = await callerOf(first).call('POST', '/v1/coupons', { percent_off: 25 }, { idempotencyKey: 'k' })
  first.close()
  const again = openSandbox({ file })
  expect((await callerOf(again).call('POST', '/v1/coupons', { percent_off: 25 }, { idempotencyKey: 'k' })).text).toBe(
    text,
  )
  again.close()
})

test('in memory it writes no file', async () => {
  const { ok } = open({ file: ':memory:' })
  await ok('POST', '/v1/coupons', { percent_off: 25 })
  expect(existsSync(':memory:')).toBe(false)
})
