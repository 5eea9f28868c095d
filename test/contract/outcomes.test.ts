import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { type Bounds, defaultBounds } from '../../src/agencies/bounds.ts'
import type { WireRequest, WireResponse } from '../../src/lib/wire.ts'
import { keyWith } from '../support/keys.ts'
import { databases, expectRefusal, journalOf, startTestServer, type TestServer } from '../support/server.ts'

/** What stands between the server and the sandbox for the next request; then nothing does. */
type Fault = (request: WireRequest, answer: () => Promise<WireResponse>) => Promise<WireResponse>

const lost: Fault = async (_, answer) => {
  await answer()
  throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
}
const refuse =
  (status: number, error: object): Fault =>
  async () => ({
    status,
    headers: { 'content-type': 'application/json', 'request-id': 'req_fault' },
    body: JSON.stringify({ error: { type: 'invalid_request_error', message: 'Refused.', ...error } }),
  })
const limited = refuse(429, { code: 'rate_limit' })

describe.each(databases)('what an answer says of its change, on %s', (database) => {
  let server: TestServer
  const faults: Fault[] = []

  beforeEach(async () => {
    faults.length = 0
    server = await startTestServer({
      database,
      stripe: async (request) => {
        const answer = () => server.sandbox.send(request)
        const fault = faults.shift()
        return fault ? await fault(request, answer) : await answer()
      },
    })
  })
  afterEach(() => server.close())

  const create = (key?: string, data: object = { percent_off: 10 }) =>
    server.call(server.coupons, {
      method: 'POST',
      body: { data },
      headers: key === undefined ? {} : { 'idempotency-key': key },
    })

  test('a first request whose answer was lost on the way and then repeated is not called a replay', async () => {
    faults.push(lost)
    const answer = await create('order-1')
    expect(answer.status).toBe(201)
    expect(answer.headers.get('idempotent-replayed')).toBe(null)
    expect(await journalOf(server)).toMatchObject([{ outcome: 'applied', object_id: answer.body['id'] }])
  })

  test('a second request whose answer was lost on the way is', async () => {
    const first = await create('order-1')
    faults.push(lost)
    const second = await create('order-1')
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect(await journalOf(server)).toMatchObject([{ outcome: 'applied' }, { outcome: 'replayed' }])
  })

  test('a refusal says so where an earlier request with its key made the change', async () => {
    await create('order-1')
    faults.push(limited)
    const refused = await create('order-1')
    expectRefusal(refused, 429, 'rate_limited', { outcome: 'applied', retryable: true })
    expect(refused.body['error']).toMatch(/earlier request with this Idempotency-Key made the change/)
  })

  test('also where that request carried no key and the caller sends the one that was generated', async () => {
    const first = await create()
    faults.push(limited)
    expectRefusal(await create(first.headers.get('idempotency-key') ?? ''), 429, 'rate_limited', { outcome: 'applied' })
  })

  test('says unknown where nobody saw what became of an earlier request with its key', async () => {
    faults.push(lost, lost, lost)
    expectRefusal(await create('order-1'), 502, 'stripe_unavailable', { outcome: 'unknown' })
    faults.push(limited)
    expectRefusal(await create('order-1'), 429, 'rate_limited', { outcome: 'unknown' })
  })

  test('says what settling has found, where nobody saw what became of an earlier request', async () => {
    faults.push(lost, lost, lost)
    await create('order-1')
    await server.journal.flush()
    const [start] = await server.database
      .selectFrom('events')
      .select('change_id')
      .where('type', '=', 'coupon.create.started')
      .execute()
    const settled = { actor: 'worker', type: 'coupon.create.settled', change_id: start?.change_id ?? '' } as const
    await server.journal.append({ ...settled, outcome: 'applied' })
    faults.push(limited)
    expectRefusal(await create('order-1'), 429, 'rate_limited', { outcome: 'applied' })
  })

  test('says so as well where a limit of this server refuses the retry unread', async () => {
    const limits = { requestsPerAgencyMax: 1 }
    const held = Promise.withResolvers<void>()
    const arrived = Promise.withResolvers<void>()
    const limitedUrl = await server.openSecondServer({ limits })
    await create('order-1')
    faults.push(async (_, answer) => {
      arrived.resolve()
      await held.promise
      return await answer()
    })
    const running = server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } }, limitedUrl)
    await arrived.promise
    const retry = (key: string) => {
      const headers = { 'idempotency-key': key }
      return server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } }, headers }, limitedUrl)
    }
    expectRefusal(await retry('order-1'), 429, 'rate_limited', { outcome: 'applied' })
    expectRefusal(await retry('order-2'), 429, 'rate_limited', { outcome: 'not_applied' })
    held.resolve()
    expect((await running).status).toBe(201)
  })

  test('is told by the one attempt that made the change, among ever so many that did not', async () => {
    const failTimes = async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        faults.push(limited)
        await create('order-1')
      }
    }
    await failTimes(30)
    expect((await create('order-1')).status).toBe(201)
    await failTimes(30)
    faults.push(limited)
    expectRefusal(await create('order-1'), 429, 'rate_limited', { outcome: 'applied' })
  })

  test('says unknown where the journal cannot be read', async () => {
    await create('order-1')
    const arrived = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    faults.push(async (request, answer) => {
      arrived.resolve()
      await held.promise
      return await limited(request, answer)
    })
    const retry = create('order-1')
    await arrived.promise
    const rename = (from: string, to: string) => server.database.schema.alterTable(from).renameTo(to).execute()
    await rename('events', 'away')
    held.resolve()
    expectRefusal(await retry, 429, 'rate_limited', { outcome: 'unknown' })
    await rename('away', 'events')
  })

  test.each([
    ['unknown', 'events'],
    ['applied', 'accounts'],
  ])('says %s to a retry that the table %s is missing for', async (outcome, table) => {
    await create('order-1')
    await server.journal.flush()
    const rename = (from: string, to: string) => server.database.schema.alterTable(from).renameTo(to).execute()
    await rename(table, 'away')
    expectRefusal(await create('order-1'), 503, 'unavailable', { outcome, retryable: true })
    expectRefusal(await create(), 503, 'unavailable', { outcome: 'not_applied' })
    await rename('away', table)
  })

  test('says unknown to a retry whose API key does not work, whatever is wrong with it', async () => {
    const body = { data: { percent_off: 10 } }
    const retry = async (apiKey: string, headers: Record<string, string> = { 'idempotency-key': 'order-1' }) =>
      // Another process, which trusts no key yet.
      await server.call(server.coupons, { method: 'POST', key: apiKey, body, headers }, await server.openSecondServer())
    const first = await create('order-1')
    const expired = await keyWith(server, server, { expiresAt: Date.now() - 1 })
    await server.revoke(server)

    const said = []
    for (const apiKey of [server.key, expired.key, mintApiKey(), 'CD.malformed']) {
      const answer = await retry(apiKey)
      expectRefusal(answer, 401, 'unauthenticated', { outcome: 'unknown', retryable: false })
      said.push({ names: [...answer.headers.keys()], body: { ...answer.body, request_id: '' } })
      expectRefusal(await retry(apiKey, {}), 401, 'unauthenticated', { outcome: 'not_applied' })
    }
    expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1)
    const next = await server.openKey(server)
    expect((await retry(next.key)).body).toEqual(first.body)
  })

  describe('of a retry that this server refuses', () => {
    const data = { percent_off: 40 }
    /** Another process, which trusts no key yet. */
    const retry = async (key: string, headers: object = {}, coupons = server.coupons) => {
      const call = { method: 'POST', body: { data }, headers: { 'idempotency-key': key, ...headers } }
      return await server.call(coupons, call, await server.openSecondServer())
    }
    const limitKey = async (bounds: Partial<Bounds>) => {
      const changed = JSON.stringify({ ...defaultBounds, ...bounds })
      await server.database.updateTable('api_keys').set({ bounds: changed }).where('id', '=', server.keyId).execute()
    }
    beforeEach(async () => {
      await create('order-1', data)
      await server.journal.flush()
    })

    test('by a policy that has become stricter, it says that the change was made', async () => {
      await limitKey({ maxPercent: 20 })
      expectRefusal(await retry('order-1'), 403, 'not_allowed', { outcome: 'applied', param: 'data.percent_off' })
      expectRefusal(await retry('order-2'), 403, 'not_allowed', { outcome: 'not_applied' })
    })

    test('by a window that is none, too', async () => {
      const headers = { 'idempotency-guard': 'long' }
      expectRefusal(await retry('order-1', headers), 400, 'invalid_request', { outcome: 'applied' })
    })

    test('because the account has left, too, but only to the agency that made it', async () => {
      const other = await server.openTenant()
      const say = async (coupons: string) => {
        const { status, headers, body } = await server.call(coupons, {
          method: 'POST',
          key: other.key,
          body: { data },
          headers: { 'idempotency-key': 'order-1' },
        })
        const { request_id: _, ...rest } = body
        const names = [...headers.keys()].filter((name) => name !== 'ratelimit')
        return { status, rest, names }
      }
      const missing = await say(server.coupons.replace(server.accountId, 'acct_missing'))
      expect(missing.rest).toMatchObject({ code: 'account_not_found', outcome: 'not_applied' })
      expect(await say(server.coupons)).toEqual(missing)
      await createAccounts(server.database, 'sandbox').disconnect(server.accountId)
      expectRefusal(await retry('order-1'), 404, 'account_not_found', { outcome: 'applied' })
      expect(await say(server.coupons)).toEqual(missing)
    })

    test('because its key may no longer see the account, it says the same as of any other', async () => {
      await limitKey({ accounts: ['acct_seen'] })
      const missing = server.coupons.replace(server.accountId, 'acct_missing')
      for (const coupons of [server.coupons, missing]) {
        expectRefusal(await retry('order-1', {}, coupons), 404, 'account_not_found', { outcome: 'unknown' })
      }
    })
  })

  test('an id as long as Stripe allows is journaled, and takes nothing from its neighbours', async () => {
    const id = randomBytes(1_500).toString('hex')
    const path = `${server.coupons}/${id}`
    const [removed, ...created] = await Promise.all([server.call(path, { method: 'DELETE' }), create(), create()])
    expectRefusal(removed ?? (await create()), 404, 'not_found')
    expect(created.map(({ status }) => status)).toEqual([201, 201])
    expect((await journalOf(server)).map(({ target }) => target)).toContain(id)
  })

  test('says not_applied where earlier requests changed nothing, or were of other fields', async () => {
    faults.push(limited, limited)
    expectRefusal(await create('order-1'), 429, 'rate_limited', { outcome: 'not_applied' })
    expectRefusal(await create('order-1'), 429, 'rate_limited', { outcome: 'not_applied' })
    await create('order-1')
    expectRefusal(await create('order-1', { percent_off: 20 }), 422, 'idempotency_mismatch', { outcome: 'not_applied' })
  })

  test('a retry gets its first answer though this release would ask Stripe in other words', async () => {
    // What an earlier release sent for the same request, and journaled as its terms.
    faults.push(async (request) => await server.sandbox.send({ ...request, body: `${request.body}&metadata[v]=1` }))
    const first = await create('order-1')
    await server.journal.flush()
    const terms = JSON.stringify({ percent_off: 10, duration: 'once', metadata: { v: '1' } })
    await server.database.updateTable('events').set({ terms }).where('type', '=', 'coupon.create.started').execute()

    const retry = await create('order-1')
    expect({ status: retry.status, body: retry.body }).toEqual({ status: 201, body: first.body })
    expect(retry.headers.get('idempotent-replayed')).toBe('true')
  })

  test('a DELETE has no Idempotency-Key, and one without an answer is not to be repeated blindly', async () => {
    await create(undefined, { id: 'GOING', percent_off: 10 })
    const headers = { 'idempotency-key': 'ignored' }
    faults.push(lost)
    const answer = await server.call(`${server.coupons}/GOING`, { method: 'DELETE', headers })
    expectRefusal(answer, 502, 'stripe_unavailable', { outcome: 'unknown', retryable: false })
    expect(answer.headers.get('idempotency-key')).toBe(null)
    faults.push(limited)
    const limitedAnswer = await server.call(`${server.coupons}/GOING`, { method: 'DELETE' })
    expectRefusal(limitedAnswer, 429, 'rate_limited', { outcome: 'not_applied', retryable: true })
  })

  test('the largest coupon, refused, leaves little in the journal', async () => {
    await create(undefined, { id: 'TAKEN', percent_off: 10 })
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key-${index}`, '😀'.repeat(500)]))
    const answer = await create('large', { id: 'TAKEN', percent_off: 10, metadata })
    expectRefusal(answer, 409, 'already_exists')
    await server.journal.flush()
    const rows = await server.database.selectFrom('events').selectAll().orderBy('seq', 'desc').limit(2).execute()
    expect(rows.map(({ type }) => type)).toEqual(['coupon.create.ended', 'coupon.create.started'])
    expect(rows[1]).toMatchObject({ terms: null, terms_digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(JSON.stringify(rows).length).toBeLessThan(2_048)
  })
})
