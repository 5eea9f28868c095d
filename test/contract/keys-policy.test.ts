import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { type Bounds, defaultBounds } from '../../src/agencies/bounds.ts'
import { databases, expectRefusal, startTestServer, type TestServer } from '../support/server.ts'

describe.each(databases)('the discount policy of a key, on %s', (database) => {
  let server: TestServer
  let isNextAnswerLost = false
  beforeAll(async () => {
    server = await startTestServer({
      database,
      stripe: async (request) => {
        const answer = await server.sandbox.send(request)
        if (!isNextAnswerLost) return answer
        isNextAnswerLost = false
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
      },
    })
  })
  afterAll(() => server.close())

  const keyWith = async (bounds: Partial<Bounds>) => {
    const limits = { bounds: { ...defaultBounds, ...bounds } }
    return (await createApiKeys(server.database, 'sandbox').createKey(server.agencyId, 'limited', limits)).secret
  }
  const create = (key: string, data: object, headers = {}, url = server.url) =>
    server.call(server.coupons, { method: 'POST', key, body: { data }, headers }, url)

  const amount = (amount_off: number, currency = 'usd') => ({ amount_off, currency })
  test.each([
    [{ maxPercent: 20 }, { percent_off: 20 }, { percent_off: 20.01 }, 'data.percent_off'],
    [{ maxPercent: 20 }, { percent_off: 1 }, amount(1), 'data.amount_off'],
    [{ maxAmounts: { usd: 5000 } }, amount(5000), amount(5001), 'data.amount_off'],
    [{ maxAmounts: { usd: 5000 } }, amount(5000, 'USD'), amount(1, 'eur'), 'data.amount_off'],
    [{ maxAmounts: { usd: 5000 } }, amount(1), { percent_off: 1 }, 'data.percent_off'],
    [
      { maxAmounts: { usd: 5000, eur: 100 } },
      { ...amount(1), currency_options: { eur: { amount_off: 100 } } },
      { ...amount(1), currency_options: { eur: { amount_off: 101 } } },
      'data.currency_options.eur.amount_off',
    ],
    [
      { maxMonths: 12 },
      { percent_off: 1, duration: 'repeating', duration_in_months: 12 },
      { percent_off: 1, duration: 'repeating', duration_in_months: 13 },
      'data.duration_in_months',
    ],
    [{ maxMonths: 12 }, { percent_off: 1 }, { percent_off: 1, duration: 'forever' }, 'data.duration'],
    [{ noForever: true }, { percent_off: 1 }, { percent_off: 1, duration: 'forever' }, 'data.duration'],
  ])('of %j takes %j and refuses %j', async (bounds, allowed, refused, param) => {
    const key = await keyWith(bounds)
    expect((await create(key, allowed)).status).toBe(201)
    expectRefusal(await create(key, refused), 403, 'not_allowed', { param, outcome: 'not_applied' })
    const preview = { method: 'POST', key, body: { data: refused } }
    expectRefusal(await server.call(`${server.coupons}/preview`, preview), 403, 'not_allowed', { param })
  })

  test('an update cannot add an amount beyond the policy', async () => {
    const key = await keyWith({ maxAmounts: { usd: 5000 } })
    const id = String((await create(key, amount(1))).body['id'])
    const data = { currency_options: { eur: { amount_off: 1 } } }
    const answer = await server.call(`${server.coupons}/${id}`, { method: 'PUT', key, body: { data } })
    expectRefusal(answer, 403, 'not_allowed', { param: 'data.currency_options.eur.amount_off' })
  })

  test('changes a day are counted over all processes, and one too many is refused', async () => {
    const key = await keyWith({ changesPerDay: 2 })
    const second = await server.openSecondServer()
    expect((await create(key, { percent_off: 1 })).status).toBe(201)
    expect((await create(key, { percent_off: 1 }, {}, second)).status).toBe(201)
    for (const url of [server.url, second]) {
      const answer = await create(key, { percent_off: 1 }, {}, url)
      expectRefusal(answer, 403, 'not_allowed', { outcome: 'not_applied' })
      expect(answer.body['error']).toContain('2 changes a day')
    }
  })

  test('of requests at once no more are let through than the day allows', async () => {
    const key = await keyWith({ changesPerDay: 3 })
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(key, { percent_off: 1 })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
  })

  test('a change that is replayed or refused does not count', async () => {
    const key = await keyWith({ changesPerDay: 2 })
    const headers = { 'idempotency-key': `order-${database}` }
    const data = { id: `ONCE-${database}`, percent_off: 1 }
    for (const _ of [1, 2, 3]) expect((await create(key, data, headers)).status).toBe(201)
    for (const _ of [1, 2]) expectRefusal(await create(key, data), 409, 'already_exists')
    expect((await create(key, { percent_off: 1 })).status).toBe(201)
  })

  test('a change counts though its answer was lost on the way and then repeated', async () => {
    const key = await keyWith({ changesPerDay: 1 })
    isNextAnswerLost = true
    expect((await create(key, { percent_off: 1 })).status).toBe(201)
    expectRefusal(await create(key, { percent_off: 1 }), 403, 'not_allowed', { outcome: 'not_applied' })
  })

  test('a bulk job counts for as many changes as it has codes', async () => {
    const key = await keyWith({ changesPerDay: 10 })
    const id = String((await create(key, { percent_off: 1 })).body['id'])
    const bulk = (count: number) =>
      server.call(`${server.coupons}/${id}/promotion-codes/bulk`, { method: 'POST', key, body: { data: { count } } })
    expectRefusal(await bulk(10), 403, 'not_allowed')
    expect((await bulk(9)).status).toBe(202)
    expectRefusal(await bulk(1), 403, 'not_allowed')
  })
})
