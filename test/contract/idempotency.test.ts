import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { couponsOf, databases, expectRefusal, type TestServer, journalOf, startTestServer } from '../support/server.ts'

describe.each(databases)('idempotency, on %s', (database) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ database })
  })
  afterAll(() => server.close())

  const create = (key: string | undefined, data: object = { percent_off: 10 }, url = server.url) =>
    server.call(
      server.coupons,
      { method: 'POST', body: { data }, headers: key === undefined ? {} : { 'idempotency-key': key } },
      url,
    )

  const advanceStripesClock = async (seconds: number) => {
    const headers = { authorization: 'Bearer sk_test_server' }
    const request = { method: 'POST', path: '/_sandbox/clock', headers, body: `advance=${seconds}` }
    expect((await server.sandbox.send(request)).status).toBe(200)
  }

  test('a retry gets the first answer again, marked as a replay', async () => {
    const first = await create('order-1')
    const retry = await create('order-1')
    expect(retry.status).toBe(201)
    expect(retry.body).toEqual(first.body)
    expect(first.headers.get('idempotent-replayed')).toBe(null)
    expect(retry.headers.get('idempotent-replayed')).toBe('true')
    expect(retry.headers.get('idempotency-key')).toBe('order-1')
  })

  test('without a key one is made and returned, and a retry with it gets the first answer', async () => {
    const first = await create(undefined)
    const made = first.headers.get('idempotency-key') ?? ''
    expect(made).toMatch(/^[0-9a-f-]{36}$/)
    expect((await create(made)).body).toEqual(first.body)
  })

  test('a refusal also returns the key that was made', async () => {
    const refused = await create(undefined, {})
    expect(refused.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('a hundred equal requests at once, over two servers, make one coupon and get one answer', async () => {
    const second = await server.openSecondServer()
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        create('burst', { percent_off: 15 }, index % 10 === 0 ? second : server.url),
      ),
    )
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 100 }, () => 201))
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1)
    const rows = await journalOf(server)
    const { id } = answers[0]?.body ?? {}
    expect(rows.filter((row) => row.object_id === id && row.outcome === 'applied')).toHaveLength(1)
  })

  test('requests without a key are never taken for each other', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(undefined, { percent_off: 20 })))
    expect(new Set(answers.map((answer) => answer.body['id'])).size).toBe(10)
  })

  test('the same key with another body is refused', async () => {
    await create('order-2', { percent_off: 10 })
    const other = await create('order-2', { percent_off: 20 })
    expectRefusal(other, 422, 'idempotency_mismatch', {
      param: 'Idempotency-Key',
      outcome: 'not_applied',
      retryable: false,
    })
  })

  test('the same key for another coupon is refused', async () => {
    for (const id of ['A', 'B']) await create(undefined, { id, percent_off: 10 })
    const rename = (id: string) =>
      server.call(`${server.coupons}/${id}`, {
        method: 'PUT',
        body: { data: { name: 'New' } },
        headers: { 'idempotency-key': 'rename-1' },
      })
    expect((await rename('A')).status).toBe(200)
    expectRefusal(await rename('B'), 422, 'idempotency_mismatch')
  })

  test('the same key of another agency, on another account or for another operation is another key', async () => {
    const other = await server.openTenant()
    const headers = { 'idempotency-key': 'shared' }
    const first = await create('shared', { id: 'SHARED', percent_off: 10 })
    const ofOther = await server.call(other.coupons, {
      method: 'POST',
      key: other.key,
      body: { data: { percent_off: 99 } },
      headers,
    })
    const update = await server.call(`${server.coupons}/SHARED`, {
      method: 'PUT',
      body: { data: { name: 'x' } },
      headers,
    })
    expect([first.status, ofOther.status, update.status]).toEqual([201, 201, 200])
  })

  test('the same key on two accounts of one agency, even at once, makes a coupon on each', async () => {
    const second = couponsOf(await server.connectAnother(server.agencyId))
    const options = { method: 'POST', body: { data: { percent_off: 10 } }, headers: { 'idempotency-key': 'two-shops' } }
    const answers = await Promise.all([server.coupons, second].map((path) => server.call(path, options)))
    for (const { status, headers } of answers) {
      expect({ status, replayed: headers.get('idempotent-replayed') }).toEqual({ status: 201, replayed: null })
    }
    const [first, other] = answers.map(({ body }) => body['id'])
    expect(first).not.toBe(other)
  })

  test('an account that changed hands does not answer its new agency with what the old one made', async () => {
    const [before, after] = [await server.openTenant(), await server.openTenant()]
    const options = { method: 'POST', body: { data: { percent_off: 10 } }, headers: { 'idempotency-key': 'handed-on' } }
    const first = await server.call(before.coupons, { ...options, key: before.key })
    const accounts = createAccounts(server.database, 'sandbox')
    await accounts.disconnect(before.accountId)
    await accounts.connect(after.agencyId, before.accountId)
    const second = await server.call(before.coupons, { ...options, key: after.key })
    expect({ status: second.status, replayed: second.headers.get('idempotent-replayed') }).toEqual({
      status: 201,
      replayed: null,
    })
    expect(second.body['id']).not.toBe(first.body['id'])
  })

  test('a retry that comes after redeem_by still gets the first answer', async () => {
    const soon = { percent_off: 10, redeem_by: Math.floor(Date.now() / 1000) + 3_600 }
    const first = await create('short-lived', soon)
    expect(first.status).toBe(201)
    await advanceStripesClock(7_200)
    const retry = await create('short-lived', soon)
    expect({ status: retry.status, id: retry.body['id'] }).toEqual({ status: 201, id: first.body['id'] })
    // The same request under a new key is a new request, and too late.
    expectRefusal(await create('too-late', soon), 400, 'invalid_request', { param: 'data.redeem_by' })
    expectRefusal(await create(undefined, soon), 400, 'invalid_request', { param: 'data.redeem_by' })
  })

  test('says when Stripe keeps a failure under the key: that only a new one can help', async () => {
    const data = { percent_off: 10, metadata: { sandbox_fault: '500' } }
    for (const key of ['failed', 'failed']) {
      const answer = await create(key, data)
      expectRefusal(answer, 502, 'stripe_failed', { outcome: 'unknown', retryable: false })
      expect(answer.body['error']).toContain('new key')
    }
    expect((await create('failed-2', { percent_off: 10 })).status).toBe(201)
  })

  test.each([
    ['an empty key', ''],
    ['256 characters', 'x'.repeat(256)],
    ['a tab in the middle', 'a\tb'],
    ['a letter beyond ASCII', 'clé'],
  ])('refuses %s', async (_, key) => {
    expectRefusal(await create(key), 400, 'invalid_request', { param: 'Idempotency-Key' })
  })

  test('takes 255 characters', async () => {
    expect((await create('~'.repeat(255))).status).toBe(201)
  })
})
