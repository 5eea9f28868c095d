import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newFolder } from '../support/process.ts'
import { percent } from '../support/sandbox-facts.ts'
import { open } from '../support/sandbox.ts'

type Request = { method: string; path: string; status: number | null; fault: string | null; params: string }

describe('a reset', () => {
  test('leaves nothing: no objects, accounts, idempotency keys, clock, faults or requests', async () => {
    const s = open()
    const account = (await s.ok('POST', '/v1/accounts')).id
    const once = { idempotencyKey: 'k', headers: { 'sandbox-fault': '503;times=1' } }
    await s.refused('POST', '/v1/coupons', percent, once)
    await s.ok('POST', '/v1/coupons', percent, once)
    await s.ok('POST', '/_sandbox/clock', { advance: 100 })
    await s.ok('POST', '/_sandbox/faults', { fault: '500', path: '/v1/products' })
    await s.ok('POST', '/_sandbox/reset')
    expect((await s.ok('GET', '/_sandbox/requests')).data).toEqual([])
    expect((await s.ok('GET', '/v1/coupons')).data).toEqual([])
    expect(await s.refused('GET', '/v1/coupons', {}, { account })).toMatchObject({ status: 403 })
    expect(await s.ok('GET', '/_sandbox/clock')).toMatchObject({ ahead: 0, now: s.clock.now })
    expect((await s.ok('GET', '/_sandbox/faults')).data).toEqual([])
    expect(await s.refused('POST', '/v1/coupons', percent, once)).toMatchObject({ status: 503 })
    expect((await s.call('POST', '/v1/coupons', percent, once)).headers).not.toHaveProperty('idempotent-replayed')
  })

  test('is seen by another sandbox on the same file', async () => {
    const folder = newFolder()
    const [one, other] = [open({ file: join(folder, 'db') }), open({ file: join(folder, 'db') })]
    await one.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    await one.ok('POST', '/_sandbox/clock', { advance: 100 })
    expect(await other.ok('GET', '/_sandbox/clock')).toMatchObject({ ahead: 100 })
    await one.ok('POST', '/_sandbox/reset')
    expect(await other.ok('GET', '/_sandbox/clock')).toMatchObject({ ahead: 0 })
    expect((await other.call('GET', '/v1/coupons/A')).status).toBe(404)
  })
})

describe('a snapshot', () => {
  test('restores objects, accounts, idempotency keys and the clock as they were', async () => {
    const s = open()
    const account = (await s.ok('POST', '/v1/accounts')).id
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A', name: 'Old' }, { account })
    const first = await s.call('POST', '/v1/coupons', percent, { account, idempotencyKey: 'k' })
    await s.ok('POST', '/_sandbox/clock', { advance: 10 })
    const before = await s.ok('GET', '/v1/coupons', {}, { account })
    const saved = await s.ok('POST', '/_sandbox/snapshots', { name: 'seeded data' })
    expect(saved).toMatchObject({ name: 'seeded data', objects: 3 })

    await s.ok('POST', '/v1/coupons/A', { name: 'New' }, { account })
    await s.ok('POST', '/v1/coupons', percent, { account })
    await s.ok('POST', '/_sandbox/clock', { advance: 90_000 })
    await s.ok('DELETE', `/v1/accounts/${account}`)
    for (let n = 0; n < 2; n++) {
      expect(await s.ok('POST', '/_sandbox/snapshots/seeded%20data/restore')).toEqual(saved)
      expect(await s.ok('GET', '/v1/coupons', {}, { account })).toEqual(before)
      const again = await s.call('POST', '/v1/coupons', percent, { account, idempotencyKey: 'k' })
      expect(again.text).toBe(first.text)
      expect(await s.ok('GET', '/_sandbox/clock')).toMatchObject({ ahead: 10 })
      await s.ok('POST', '/_sandbox/reset')
    }
  })

  test('of one name replaces the earlier one; snapshots are listed and deleted', async () => {
    const s = open()
    await s.ok('POST', '/_sandbox/snapshots', { name: 'a' })
    await s.ok('POST', '/v1/coupons', percent)
    s.clock.now += 1
    const later = await s.ok('POST', '/_sandbox/snapshots', { name: 'a' })
    expect((await s.ok('GET', '/_sandbox/snapshots')).data).toEqual([later])
    expect(await s.ok('DELETE', '/_sandbox/snapshots/a')).toEqual({ ...later, deleted: true })
    expect((await s.ok('GET', '/_sandbox/snapshots')).data).toEqual([])
    for (const [method, path] of [
      ['POST', '/_sandbox/snapshots/a/restore'],
      ['DELETE', '/_sandbox/snapshots/a'],
    ] as const) {
      expect(await s.refused(method, path)).toMatchObject({ status: 404, message: "No such snapshot: 'a'" })
    }
  })
})

describe('the request log', () => {
  test('lists the requests, newest first, with what was sent and answered', async () => {
    const s = open()
    const account = (await s.ok('POST', '/v1/accounts')).id
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' }, { account, idempotencyKey: 'k', version: '2024-06-20' })
    const { headers } = await s.call('GET', '/v1/coupons/B', { expand: ['applies_to'] })
    const { data, has_more: hasMore } = await s.ok('GET', '/_sandbox/requests', { limit: 2 })
    expect(hasMore).toBe(true)
    expect(data).toMatchObject([
      {
        id: headers['request-id'],
        method: 'GET',
        path: '/v1/coupons/B',
        status: 404,
        params: 'expand%5B0%5D=applies_to',
      },
      { account, api_version: '2024-06-20', idempotency_key: 'k', params: 'percent_off=25&id=A', status: 200 },
    ])
  })

  test('has refused, broken and unknown requests, and no API key', async () => {
    const s = open()
    await s.refused('GET', '/v1/coupons', {}, { key: 'nonsense' })
    await s.refused('GET', '/v1/nothing')
    const lost = s.call('POST', '/v1/coupons', percent, { headers: { 'sandbox-fault': 'lost' } })
    await expect(lost).rejects.toThrow('ECONNRESET')
    const { data } = await s.ok('GET', '/_sandbox/requests')
    expect(data.map(({ path, status, fault }: Request) => [path, status, fault])).toEqual([
      ['/v1/coupons', null, 'lost'],
      ['/v1/nothing', 404, null],
      ['/v1/coupons', 401, null],
    ])
    expect(JSON.stringify(data)).not.toMatch(/sk_test|nonsense/)
  })

  test('is filtered by account, method, path and status, and cleared', async () => {
    const s = open()
    const account = (await s.ok('POST', '/v1/accounts')).id
    await s.ok('GET', '/v1/coupons', {}, { account })
    await s.refused('GET', '/v1/products/x')
    const paths = async (filter: Record<string, unknown>) =>
      (await s.ok('GET', '/_sandbox/requests', filter)).data.map(({ path }: Request) => path)
    expect(await paths({ account })).toEqual(['/v1/coupons'])
    expect(await paths({ method: 'POST' })).toEqual(['/v1/accounts'])
    expect(await paths({ path: '/v1/prod' })).toEqual(['/v1/products/x'])
    expect(await paths({ status: 404 })).toEqual(['/v1/products/x'])
    await s.ok('DELETE', '/_sandbox/requests')
    expect(await paths({})).toEqual([])
  })

  test('holds the newest thousand, and of each no more than 4,000 characters', async () => {
    const s = open()
    for (let n = 0; n < 2500; n++) await s.sandbox.send({ method: 'GET', path: `/v1/n${n}`, headers: {}, body: '' })
    await s.refused('POST', '/v1/coupons', { name: 'x'.repeat(100_000) })
    const { data } = await s.ok('GET', '/_sandbox/requests', { limit: 5000 })
    expect(data).toHaveLength(1000)
    expect(data[0].params).toHaveLength(4000)
    expect(data[999].path).toBe('/v1/n1501')
  })
})

describe('the index', () => {
  test('lists every call with its parameters, without a key', async () => {
    const s = open()
    const index = await s.ok('GET', '/_sandbox', {}, { headers: { authorization: '' } })
    const calls = index.calls.map(({ method, path }: { method: string; path: string }) => `${method} ${path}`)
    expect(calls).toEqual(
      expect.arrayContaining([
        'POST /v1/coupons',
        'DELETE /v1/customers/{id}/discount',
        'POST /v1/products/{id}',
        'POST /_sandbox/redemptions',
        'POST /_sandbox/reset',
        'POST /_sandbox/snapshots/{id}/restore',
        'GET /_sandbox/requests',
      ]),
    )
    const update = {
      method: 'POST',
      path: '/v1/coupons/{id}',
      params: ['currency_options', 'expand', 'metadata', 'name'],
    }
    expect(index.calls).toContainEqual(update)
    expect(index.faults).toContain('latency')
  })

  test('is named where a path is not supported, with the resources that are', async () => {
    const s = open()
    for (const path of ['/v1/prices', '/', '/v2/core/accounts', '/v1/customers/cus_1/sources']) {
      const { status, message } = await s.refused('GET', path)
      expect(status).toBe(404)
      expect(message).toMatch(
        /The sandbox supports \/v1\/accounts, \/v1\/coupons, \/v1\/customers, \/v1\/products, \/v1\/promotion_codes; GET \/_sandbox lists every call[.]$/,
      )
    }
  })
})

test('the controls allow no other origin', async () => {
  const s = open()
  const headers = { origin: 'https://example.com', 'access-control-request-headers': 'authorization' }
  const preflight = await s.sandbox.send({ method: 'OPTIONS', path: '/_sandbox/reset', headers, body: '' })
  const answer = await s.call('GET', '/_sandbox/requests', {}, { headers })
  for (const given of [preflight.headers, answer.headers]) {
    expect(Object.keys(given).filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

test('a sandbox with an API version of its own answers in it, unless the request names another', async () => {
  const s = open({ apiVersion: '2024-06-20' })
  await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
  const { headers, body } = await s.call('POST', '/v1/promotion_codes', { coupon: 'A' })
  expect(headers['stripe-version']).toBe('2024-06-20')
  expect(body.coupon).toMatchObject({ id: 'A' })
  const newest = await s.call('GET', `/v1/promotion_codes/${body.id}`, {}, { version: '2026-08-26.dahlia' })
  expect(newest.body.promotion).toEqual({ coupon: 'A', type: 'coupon' })
  expect(() => open({ apiVersion: 'newest' })).toThrow('Invalid Stripe API version: newest')
})
