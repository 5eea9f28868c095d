import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { bulkCaller } from '../support/bulk.ts'
import { databases, expectRefusal, type TestServer, journalOf, startTestServer } from '../support/server.ts'

const soon = Math.floor(Date.now() / 1000) + 86_400

describe.each(databases)('promotion codes in bulk, on %s', (database) => {
  let server: TestServer
  let bulk: ReturnType<typeof bulkCaller>
  beforeAll(async () => {
    server = await startTestServer({ database })
    bulk = bulkCaller(server)
    server.startBulkWorker(1_000)
    await bulk.addCoupon('TEN')
    await bulk.addCoupon('CAPPED', { max_redemptions: 5 })
  })
  afterAll(() => server.close())

  const done = async (data: object, coupon?: string) =>
    await bulk.finished((await bulk.accepted(data, coupon === undefined ? {} : { coupon })).id, coupon)
  const madeOnStripe = async (code: string) => {
    const path = server.coupons.replace(/coupons$/, 'promotion-codes')
    return (await server.call(`${path}?code=${code}`)).body['data'] as Record<string, unknown>[]
  }

  test('accepts a job at once, with its codes, and makes each of them', async () => {
    const restrictions = { first_time_transaction: true, minimum_amount: 5000, minimum_amount_currency: 'USD' }
    const limits = { max_redemptions: 1, expires_at: soon, restrictions, metadata: { campaign: 'june' } }
    const accepted = await bulk.create({ codes: ['Anna-1', 'BEN_2', '-3'], ...limits })
    expect(accepted.status).toBe(202)
    expect(accepted.body).toMatchObject({ object: 'bulk_promotion_codes', coupon: 'TEN', total: 3, failed: 0 })

    const { codes, ...job } = await bulk.finished(String(accepted.body['id']))
    expect(job).toMatchObject({
      status: 'done',
      total: 3,
      succeeded: 3,
      failed: 0,
      finished_at: expect.closeTo(Date.now() / 1000, -1),
    })
    expect(codes.map(({ code }) => code)).toEqual(['Anna-1', 'BEN_2', '-3'])
    for (const { code, promotion_code, status } of codes) {
      expect(status).toBe('created')
      expect(await madeOnStripe(code)).toMatchObject([
        {
          id: promotion_code,
          code,
          coupon: { id: 'TEN' },
          max_redemptions: 1,
          expires_at: soon,
          restrictions: { ...restrictions, minimum_amount_currency: 'usd' },
          metadata: { campaign: 'june', bulk_job: job.id },
        },
      ])
    }
  })

  test('makes a thousand random codes, no two the same, and journals each once', async () => {
    const accepted = await bulk.create({ count: 1_000, prefix: 'MANY-', length: 8 })
    const { codes, ...job } = await bulk.finished(String(accepted.body['id']))
    expect(job).toMatchObject({ total: 1_000, succeeded: 1_000, failed: 0 })
    for (const { code } of codes) expect(code).toMatch(/^MANY-[A-Z0-9]{8}$/)
    const ids = codes.map((code) => code.promotion_code)
    expect(new Set(ids).size).toBe(1_000)
    const rows = (await journalOf(server)).filter((row) => row.terms?.includes(job.id))
    expect(rows).toHaveLength(1_000)
    expect(new Set(rows.map((row) => row.object_id))).toEqual(new Set(ids))
    expect(rows[0]).toMatchObject({
      operation: 'promotion_code.bulk_create',
      request_id: accepted.headers.get('request-id'),
      outcome: 'applied',
    })
  })

  test('says of each code that Stripe refuses why, and makes the others', async () => {
    await done({ codes: ['TAKEN'] })
    const { codes, ...job } = await done({ codes: ['FREE-1', 'taken', 'FREE-2'] })
    expect(job).toMatchObject({ succeeded: 2, failed: 1 })
    expect(codes[1]).toEqual({
      code: 'taken',
      status: 'failed',
      promotion_code: null,
      error: expect.stringMatching(/already exists/),
      error_code: 'already_exists',
    })
  })

  test('says of every code why its limits are refused', async () => {
    const { codes, ...job } = await done({ count: 3, max_redemptions: 6 }, 'CAPPED')
    expect(job).toMatchObject({ succeeded: 0, failed: 3 })
    for (const code of codes) expect(code).toMatchObject({ status: 'failed', error_code: 'invalid_request' })
  })

  describe('refuses, and makes no job of', () => {
    test.each<[string, object, string, RegExp]>([
      ['neither codes nor a count', {}, 'data.codes', /either/],
      ['codes and a count', { codes: ['A'], count: 1 }, 'data.count', /not both/],
      ['no codes', { codes: [] }, 'data.codes', /empty/],
      ['1,001 codes', { codes: Array.from({ length: 1_001 }, (_, index) => `C${index}`) }, 'data.codes', /1000/],
      ['a count of 0', { count: 0 }, 'data.count', /at least 1/],
      ['a count of 1,001', { count: 1_001 }, 'data.count', /at most 1000/],
      ['a code with a space', { codes: ['A', 'b c'] }, 'data.codes.1', /letters, digits/],
      ['two codes that are the same but for their case', { codes: ['a', 'A'] }, 'data.codes.1', /case/],
      ['a prefix with a space', { count: 1, prefix: 'A ' }, 'data.prefix', /letters, digits/],
      ['a length of 5', { count: 1, length: 5 }, 'data.length', /at least 6/],
      ['a length of 33', { count: 1, length: 33 }, 'data.length', /at most 32/],
      ['a length that can be guessed', { count: 1_000, length: 6 }, 'data.length', /at least 7/],
      ['an expiry in the past', { count: 1, expires_at: 1000 }, 'data.expires_at', /future/],
      [
        'half a restriction',
        { count: 1, restrictions: { minimum_amount: 1 } },
        'data.restrictions.minimum_amount_currency',
        /required/,
      ],
      ['metadata that is ours', { count: 1, metadata: { bulk_job: 'x' } }, 'data.metadata.bulk_job', /job/],
      [
        'metadata that leaves no entry for the job',
        { count: 1, metadata: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, ''])) },
        'data.metadata',
        /49/,
      ],
      ['an unknown field', { count: 1, customer: 'cus_1' }, 'data.customer', /not a known field/],
    ])('%s', async (_, data, param, why) => {
      const before = await server.database.selectFrom('bulk_jobs').select('id').execute()
      const answer = await bulk.create(data)
      expectRefusal(answer, 400, 'invalid_request', { param, outcome: 'not_applied' })
      expect(answer.body['error']).toMatch(why)
      expect(await server.database.selectFrom('bulk_jobs').select('id').execute()).toEqual(before)
    })

    test('an unknown coupon', async () => {
      expectRefusal(await bulk.create({ count: 1 }, { coupon: 'NOPE' }), 404, 'not_found', { param: 'couponId' })
    })
  })

  describe('an Idempotency-Key', () => {
    test('gives a retry the same job, whatever the order of its fields', async () => {
      const first = await bulk.create({ count: 2, prefix: 'R-', metadata: { a: '1', b: '2' } }, { key: 'retry' })
      const retry = await bulk.create({ metadata: { b: '2', a: '1' }, prefix: 'R-', count: 2 }, { key: 'retry' })
      expect({ status: retry.status, id: retry.body['id'] }).toEqual({ status: 202, id: first.body['id'] })
      expect([first, retry].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true'])
      expect(retry.headers.get('idempotency-key')).toBe('retry')
    })

    test('gives a retry its job even when the coupon is gone and the expiry has passed', async () => {
      await bulk.addCoupon('BRIEF')
      const data = { count: 1, expires_at: Math.floor(Date.now() / 1000) + 60 }
      const first = await bulk.create(data, { key: 'late', coupon: 'BRIEF' })
      expect(first.status).toBe(202)
      await server.call(`${server.coupons}/BRIEF`, { method: 'DELETE' })
      vi.useFakeTimers({ toFake: ['Date'], now: (data.expires_at + 1) * 1000 })
      onTestFinished(() => void vi.useRealTimers())
      const retry = await bulk.create(data, { key: 'late', coupon: 'BRIEF' })
      expect({ status: retry.status, id: retry.body['id'] }).toEqual({ status: 202, id: first.body['id'] })
    })

    test('with another body, or for another coupon, is refused', async () => {
      await bulk.create({ count: 1 }, { key: 'other' })
      const mismatch = { param: 'Idempotency-Key', outcome: 'not_applied', retryable: false }
      expectRefusal(await bulk.create({ count: 2 }, { key: 'other' }), 422, 'idempotency_mismatch', mismatch)
      const elsewhere = await bulk.create({ count: 1 }, { key: 'other', coupon: 'CAPPED' })
      expectRefusal(elsewhere, 422, 'idempotency_mismatch', mismatch)
    })

    test('of twenty equal requests at once, over two servers, makes one job', async () => {
      const second = await server.openSecondServer()
      const options = { method: 'POST', body: { data: { count: 50 } }, headers: { 'idempotency-key': 'burst' } }
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          server.call(bulk.path(), options, index % 2 === 0 ? second : server.url),
        ),
      )
      expect(new Set(answers.map(({ status, body }) => `${status} ${String(body['id'])}`)).size).toBe(1)
      const fresh = answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)
      expect(fresh).toHaveLength(1)
    })

    test('of another agency is another key, and without one every request is a job of its own', async () => {
      const other = bulkCaller(server, await server.openTenant())
      await other.addCoupon('TEN')
      const mine = await bulk.create({ count: 3 }, { key: 'shared' })
      const theirs = await other.create({ count: 1 }, { key: 'shared' })
      const more = await Promise.all([bulk.create({ count: 1 }), bulk.create({ count: 1 })])
      expect(new Set([mine, theirs, ...more].map((answer) => answer.body['id'])).size).toBe(4)
    })
  })

  test('answers another agency, another coupon and a job that does not exist alike', async () => {
    const { id } = await bulk.accepted({ count: 1 })
    const stranger = await server.openTenant()
    const second = await server.connectAnother(server.agencyId)
    const elsewhere = { ...server, coupons: server.coupons.replace(server.accountId, second) }
    const asked = [
      ['GET', ''],
      ['GET', '/codes'],
      ['GET', '/codes.csv'],
      ['POST', '/cancel'],
    ] as const
    for (const [method, suffix] of asked) {
      const missing = await server.call(`${bulk.path()}/bulk_000000000000000000000000${suffix}`, { method })
      expectRefusal(missing, 404, 'not_found', { param: 'jobId' })
      const others = await Promise.all([
        server.call(`${bulkCaller(server, stranger).path()}/${id}${suffix}`, { method, key: stranger.key }),
        server.call(`${bulkCaller(server, elsewhere).path()}/${id}${suffix}`, { method }),
        server.call(`${bulk.path('CAPPED')}/${id}${suffix}`, { method }),
      ])
      for (const { status, body } of others) {
        expect({ status, body: { ...body, request_id: '' } }).toEqual({
          status: 404,
          body: { ...missing.body, request_id: '' },
        })
      }
      const asStranger = await server.call(`${bulk.path()}/${id}${suffix}`, { method, key: stranger.key })
      expectRefusal(asStranger, 404, 'account_not_found')
    }
    expect(await bulk.finished(id)).toMatchObject({ status: 'done', succeeded: 1 })
  })
})
