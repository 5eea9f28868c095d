import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { defaultBounds } from '../../src/agencies/bounds.ts'
import {
  databases,
  expectRefusal,
  journalOf,
  startTestServer,
  type Tenant,
  type TestServer,
} from '../support/server.ts'

const guard = { 'idempotency-guard': '60' }

describe.each(databases)('the guard for callers without an Idempotency-Key, on %s', (database) => {
  let server: TestServer
  let otherServer: string
  beforeAll(async () => {
    server = await startTestServer({ database })
    otherServer = await server.openSecondServer()
  })
  afterAll(() => server.close())

  const create = (of: Tenant, data: object, headers: Record<string, string> = {}, url = server.url) =>
    server.call(of.coupons, { method: 'POST', key: of.key, body: { data }, headers }, url)
  const couponsOf = async (of: Tenant) => {
    const { body } = await server.call(of.coupons, { key: of.key })
    return (body['data'] as { id: string }[]).map(({ id }) => id)
  }
  const guarded = async (of: Tenant, guardSeconds: number): Promise<Tenant> => {
    const limits = { bounds: { ...defaultBounds, guardSeconds } }
    const { id, secret } = await createApiKeys(server.database, 'sandbox').createKey(of.agencyId, 'n8n', limits)
    return { ...of, keyId: id, key: secret }
  }
  const data = { name: 'Summer', percent_off: 10 }

  test('gives an equal body the first result, marked, whichever process it reaches', async () => {
    const tenant = await server.openTenant()
    const first = await create(tenant, data, guard)
    const second = await create(tenant, { percent_off: 10, name: 'Summer' }, guard, otherServer)
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual(first.body)
    expect(first.headers.has('idempotent-replayed')).toBe(false)
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect(second.headers.get('idempotency-key')).toBe(first.headers.get('idempotency-key'))
    const sources = (await journalOf(server)).filter((row) => row.agency_id === tenant.agencyId)
    expect(sources.map((row) => row.key_source)).toEqual(['guard', 'guard'])
  })

  test('makes one coupon of equal requests at once in two processes', async () => {
    const tenant = await server.openTenant()
    const urls = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? server.url : otherServer))
    // Stripe answers 409 while the first one runs: then a caller retries.
    const answers = await Promise.all(
      urls.map(async (url) => {
        let answer = await create(tenant, data, guard, url)
        while (answer.status === 409) answer = await create(tenant, data, guard, url)
        return answer
      }),
    )
    expect(new Set(answers.map(({ body }) => body['id'] ?? 'none')).size).toBe(1)
    expect(await couponsOf(tenant)).toHaveLength(1)
  })

  test('holds for every request of a key that was made with it', async () => {
    const tenant = await guarded(await server.openTenant(), 60)
    for (const _ of [1, 2]) expect((await create(tenant, data)).status).toBe(201)
    expect(await couponsOf(tenant)).toHaveLength(1)
  })

  test('is off unless it is asked for', async () => {
    const tenant = await server.openTenant()
    for (const _ of [1, 2]) expect((await create(tenant, data)).status).toBe(201)
    expect(await couponsOf(tenant)).toHaveLength(2)
  })

  test('tells other bodies, other accounts and other agencies apart', async () => {
    const tenant = await server.openTenant()
    const accountId = await server.connectAnother(tenant.agencyId)
    const elsewhere = { ...tenant, accountId, coupons: tenant.coupons.replace(tenant.accountId, accountId) }
    const stranger = await server.openTenant()
    const answers = [
      await create(tenant, data, guard),
      await create(tenant, { ...data, percent_off: 11 }, guard),
      await create(elsewhere, data, guard),
      await create(stranger, data, guard),
    ]
    for (const answer of answers) expect(answer.headers.has('idempotent-replayed')).toBe(false)
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(4)
  })

  test('leaves a request with an Idempotency-Key to that key', async () => {
    const tenant = await guarded(await server.openTenant(), 60)
    for (const key of ['order-1', 'order-2']) {
      expect((await create(tenant, data, { 'idempotency-key': key })).status).toBe(201)
    }
    expect(await couponsOf(tenant)).toHaveLength(2)
  })

  test('makes another coupon once the window of the first is over, which equal requests do not prolong', async () => {
    const tenant = await server.openTenant()
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const startedAt = Date.now()
    const ids = []
    for (const second of [0, 40, 59, 60]) {
      vi.setSystemTime(startedAt + second * 1_000)
      ids.push((await create(tenant, data, guard)).body['id'])
    }
    expect(ids.slice(1, 3)).toEqual([ids[0], ids[0]])
    expect(ids[3]).not.toBe(ids[0])
  })

  test('accepts one bulk job of two equal requests', async () => {
    const tenant = await server.openTenant()
    await create(tenant, { id: 'TEN', percent_off: 10 })
    const bulk = () =>
      server.call(`${tenant.coupons}/TEN/promotion-codes/bulk`, {
        method: 'POST',
        key: tenant.key,
        body: { data: { count: 3 } },
        headers: guard,
      })
    const [first, second] = [await bulk(), await bulk()]
    expect(second.body['id']).toBe(first.body['id'])
    expect(second.headers.get('idempotent-replayed')).toBe('true')
  })

  test('does not hold back an update, which harms nobody twice', async () => {
    const tenant = await guarded(await server.openTenant(), 60)
    await create(tenant, { id: 'NAMED', percent_off: 10 })
    const name = async (to: string) => {
      const body = { data: { name: to } }
      const answer = await server.call(`${tenant.coupons}/NAMED`, { method: 'PUT', key: tenant.key, body })
      return answer.body['name']
    }
    expect([await name('A'), await name('B'), await name('A')]).toEqual(['A', 'B', 'A'])
  })

  test.each(['0', '-1', '1.5', '60s', '86401', ''])('refuses the window %j', async (seconds) => {
    const answer = await create(server, data, { 'idempotency-guard': seconds })
    expectRefusal(answer, 400, 'invalid_request', { param: 'Idempotency-Guard' })
  })
})
