import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import type { WireRequest, WireResponse } from '../../src/lib/wire.ts'
import { type DatabaseKind, databases, type TestServer, journalOf, startTestServer } from '../support/server.ts'

type Code = { code: string; status: string; promotion_code: string | null; error: string; error_code: string }
type Fault = (request: WireRequest, answer: () => Promise<WireResponse>) => Promise<WireResponse>

const errorWith = (status: number, error: object): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'request-id': 'req_fault' },
  body: JSON.stringify({ error: { type: 'api_error', message: 'Refused.', ...error } }),
})
const broken = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

/** A server with the coupon TEN on a Stripe that has the fault whenever a promotion code is created. */
const open = async (database: DatabaseKind, fault: Fault = async (_, answer) => await answer()) => {
  const server: TestServer = await startTestServer({
    database,
    retriesMax: 0,
    stripe: async (request) => {
      const answer = () => server.sandbox.send(request)
      const isCreate = request.method === 'POST' && request.path === '/v1/promotion_codes'
      return isCreate ? await fault(request, answer) : await answer()
    },
  })
  onTestFinished(() => server.close())
  await server.call(server.coupons, { method: 'POST', body: { data: { id: 'TEN', percent_off: 10 } } })

  const path = `${server.coupons}/TEN/promotion-codes`
  const make = async (data: object) => {
    const { body } = await server.call(`${path}/bulk`, { method: 'POST', body: { data } })
    return { id: String(body['id']), codes: body['codes'] as Code[] }
  }
  const find = async (id: string) => {
    const { body } = await server.call(`${path}/bulk/${id}`)
    const { status, succeeded, failed, codes } = body as Record<string, unknown> & { codes: Code[] }
    return { status, succeeded, failed, codes }
  }
  const finished = async (id: string) => {
    await expect.poll(async () => (await find(id)).status, { timeout: 15_000 }).toBe('done')
    return await find(id)
  }
  /** Every promotion code that the account has, as `id code`. */
  const made = async () => {
    const seen: string[] = []
    for (let query: string | undefined = '?limit=100'; query !== undefined;) {
      const { body } = await server.call(path + query)
      for (const { id, code } of body['data'] as { id: string; code: string }[]) seen.push(`${id} ${code}`)
      query = body['has_more'] === true ? `?limit=100&starting_after=${String(body['next_cursor'])}` : undefined
    }
    return seen.toSorted()
  }
  const told = (codes: Code[]) => codes.map(({ promotion_code, code }) => `${promotion_code} ${code}`).toSorted()
  return { server, make, find, finished, made, told }
}

describe.each(databases)('a bulk job, on %s', (database) => {
  test('waits when Stripe limits the calls, and then goes on', async () => {
    let calls = 0
    const { server, make, finished, made, told } = await open(database, async (_, answer) => {
      calls += 1
      return [5, 6, 30].includes(calls) ? errorWith(429, { code: 'rate_limit' }) : await answer()
    })
    const { id } = await make({ count: 60 })
    server.startBulkWorker(100)
    const done = await finished(id)
    expect(done).toMatchObject({ succeeded: 60, failed: 0 })
    expect(await made()).toEqual(told(done.codes))
    expect(calls).toBe(63)
  })

  test('makes one code where the answer was lost', async () => {
    const lost = new Set<string>()
    const { server, make, finished, made, told } = await open(database, async ({ headers }, answer) => {
      const response = await answer()
      const key = headers['idempotency-key'] ?? ''
      if (lost.has(key)) return response
      lost.add(key)
      throw broken()
    })
    const { id } = await make({ count: 10 })
    server.startBulkWorker(100)
    const done = await finished(id)
    expect(done).toMatchObject({ succeeded: 10, failed: 0 })
    expect(await made()).toEqual(told(done.codes))
  })

  test('gets over a 500 that Stripe keeps as the answer to its key, whether or not the code was made', async () => {
    const kept = new Map<string, boolean>()
    const { server, make, finished, made, told } = await open(database, async ({ headers }, answer) => {
      const key = headers['idempotency-key'] ?? ''
      if (kept.size < 4 && !kept.has(key)) {
        kept.set(key, true)
        if (kept.size % 2 === 0) await answer()
      }
      return kept.has(key) ? errorWith(500, {}) : await answer()
    })
    const { id } = await make({ count: 10 })
    server.startBulkWorker(100)
    const done = await finished(id)
    expect(done).toMatchObject({ succeeded: 10, failed: 0 })
    expect(await made()).toEqual(told(done.codes))
  })

  test('knows a code for its own that it made before a crash, when Stripe has forgotten the key, and no other', async () => {
    const { server, make, finished, made } = await open(database)
    const headers = { authorization: 'Bearer sk_test_server', 'stripe-account': server.accountId }
    const past = async (code: string, job: string) => {
      const body = `promotion[type]=coupon&promotion[coupon]=TEN&code=${code}&metadata[bulk_job]=${job}`
      const answer = await server.sandbox.send({ method: 'POST', path: '/v1/promotion_codes', headers, body })
      const { id }: { id: string } = JSON.parse(answer.body)
      return id
    }
    const { id } = await make({ codes: ['OWN', 'FOREIGN', 'NEW'] })
    const own = await past('OWN', id)
    await past('FOREIGN', 'bulk_of_somebody_else')
    server.startBulkWorker(100)
    const { codes } = await finished(id)
    expect(codes).toMatchObject([
      { status: 'created', promotion_code: own },
      { status: 'failed', error_code: 'already_exists' },
      { status: 'created' },
    ])
    expect(await made()).toHaveLength(3)
  })

  test('ends when its coupon is deleted, and says so of every code that is left', async () => {
    let creates = 0
    const { server, make, finished } = await open(database, async (_, answer) => {
      creates += 1
      return await answer()
    })
    const { id } = await make({ count: 200 })
    server.startBulkWorker(10)
    await expect.poll(() => creates).toBeGreaterThan(5)
    await server.call(`${server.coupons}/TEN`, { method: 'DELETE' })
    const { codes, succeeded, failed } = await finished(id)
    expect(succeeded).toBeGreaterThan(0)
    expect(failed).toBeGreaterThan(150)
    for (const code of codes.filter(({ status }) => status === 'failed')) {
      expect(code).toMatchObject({ error: expect.stringContaining("No such coupon: 'TEN'"), error_code: 'not_found' })
    }
    expect(creates).toBeLessThan(50)
  })

  test('ends when its account is taken from the agency', async () => {
    let creates = 0
    const { server, make, finished } = await open(database, async (_, answer) => {
      creates += 1
      return await answer()
    })
    const { id } = await make({ count: 200 })
    server.startBulkWorker(10)
    await expect.poll(() => creates).toBeGreaterThan(5)
    const accounts = createAccounts(server.database, 'sandbox')
    await accounts.disconnect(server.accountId)
    const unfinished = server.database.selectFrom('bulk_jobs').select('id').where('finished_at', 'is', null)
    await expect.poll(async () => await unfinished.execute(), { timeout: 10_000 }).toEqual([])
    await accounts.connect(server.agencyId, server.accountId)
    const { codes, succeeded } = await finished(id)
    expect(succeeded).toBe(creates)
    expect(creates).toBeLessThan(50)
    for (const code of codes.slice(creates)) {
      expect(code).toMatchObject({ status: 'failed', error_code: 'account_not_found' })
    }
  })

  test('ends when its account leaves the platform', async () => {
    const { server, make, finished } = await open(database, async () => errorWith(403, { code: 'account_invalid' }))
    const { id } = await make({ count: 50 })
    server.startBulkWorker(100)
    const { codes } = await finished(id)
    for (const code of codes) expect(code).toMatchObject({ status: 'failed', error_code: 'account_disconnected' })
  })

  test('is given up after ten minutes of nothing but trouble, with what the trouble was', async () => {
    let calls = 0
    const { server, make, finished } = await open(database, async (_, answer) => {
      calls += 1
      return calls <= 3 ? await answer() : errorWith(503, {})
    })
    const { id } = await make({ count: 20 })
    server.startBulkWorker(100)
    await expect.poll(() => calls, { timeout: 5_000 }).toBeGreaterThan(20)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * 60_000 })
    onTestFinished(() => void vi.useRealTimers())
    const { codes, succeeded, failed } = await finished(id)
    expect({ succeeded, failed }).toEqual({ succeeded: 3, failed: 17 })
    for (const code of codes.filter(({ status }) => status === 'failed')) {
      expect(code).toMatchObject({
        error: expect.stringContaining('after ten minutes'),
        error_code: 'stripe_unavailable',
      })
    }
  })

  test('is worked on by one process at a time, and so are all jobs of its account, at the pace', async () => {
    const times: number[] = []
    const { server, make, finished, made, told } = await open(database, async (_, answer) => {
      times.push(performance.now())
      return await answer()
    })
    for (let workers = 0; workers < 3; workers += 1) server.startBulkWorker(100)
    const jobs = await Promise.all([make({ count: 100 }), make({ count: 100 }), make({ count: 100 })])
    const done = await Promise.all(jobs.map(({ id }) => finished(id)))
    expect(await made()).toEqual(told(done.flatMap(({ codes }) => codes)))
    const { length } = (await journalOf(server)).filter(({ operation }) => operation === 'promotion_code.bulk_create')
    expect({ calls: times.length, journaled: length }).toEqual({ calls: 300, journaled: 300 })
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000
    expect(300 / seconds).toBeLessThan(110)
  })

  test('goes on once the database is back', async () => {
    let creates = 0
    const { server, make, finished, made, told } = await open(database, async (_, answer) => {
      creates += 1
      return await answer()
    })
    const { id } = await make({ count: 60 })
    server.startBulkWorker(20)
    await expect.poll(() => creates).toBeGreaterThan(5)
    await server.database.schema.alterTable('bulk_codes').renameTo('away').execute()
    const interrupted = () => server.logged.some((line) => line.includes('was interrupted'))
    await expect.poll(interrupted, { timeout: 10_000 }).toBe(true)
    await server.database.schema.alterTable('away').renameTo('bulk_codes').execute()
    const done = await finished(id)
    expect(done).toMatchObject({ succeeded: 60, failed: 0 })
    expect(await made()).toEqual(told(done.codes))
  })
})
