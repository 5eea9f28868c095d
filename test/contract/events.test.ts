import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  type Answer,
  databases,
  expectRefusal,
  startTestServer,
  type Tenant,
  type TestServer,
} from '../support/server.ts'

type Event = Record<string, string | number | null>
const eventsOf = (answer: Answer) => answer.body['data'] as Event[]

describe.each(databases)('the events of an agency, on %s', (database) => {
  let server: TestServer
  let other: Tenant
  beforeAll(async () => {
    server = await startTestServer({ database })
    other = await server.openTenant()
  })
  afterAll(() => server.close())

  const create = (data: object, headers: Record<string, string> = {}, tenant: Tenant = server) =>
    server.call(tenant.coupons, { method: 'POST', key: tenant.key, body: { data }, headers })
  const list = async (query = '', tenant: Tenant = server) => {
    await server.journal.flush()
    return await server.call(`/v1/public/events${query}`, { key: tenant.key })
  }

  test('say of a change who asked, when, from which address, under which key, for what, and what came of it', async () => {
    const before = Math.floor(Date.now() / 1000)
    const answer = await create({ id: 'WHOLE', percent_off: 10 }, { 'idempotency-key': 'order-1' })
    const [event] = eventsOf(await list('?object=WHOLE'))
    expect(event).toEqual({
      id: expect.stringMatching(/^chg_/),
      object: 'event',
      type: 'coupon.create',
      created: expect.any(Number),
      livemode: false,
      account: server.accountId,
      object_id: 'WHOLE',
      actor: 'api_key',
      key: server.keyId,
      address: '127.0.0.1',
      request_id: answer.headers.get('request-id'),
      idempotency_key: 'order-1',
      idempotency_key_source: 'caller',
      terms: '{"id":"WHOLE","percent_off":10,"duration":"once"}',
      outcome: 'applied',
      code: null,
      message: null,
      stripe_request_id: answer.headers.get('stripe-request-id'),
      ended: expect.any(Number),
      settled: null,
    })
    expect(Number(event?.['created'])).toBeGreaterThanOrEqual(before)
    expect(Number(event?.['ended'])).toBeGreaterThanOrEqual(Number(event?.['created']))
  })

  test('are looked for in steps, however many there are', async () => {
    const tenant = await server.openTenant()
    await sql`
      insert into events (id, at, mode, actor, type, agency_id, key_id)
      with recursive n (i) as (select 1 union all select i + 1 from n where i < 5000)
      select 'evt_step_' || i, i, 'sandbox', 'api_key', 'request.refused', ${tenant.agencyId}, 'key_busy'
      from n`.execute(server.database)
    const asked = vi.spyOn(server.database, 'selectFrom')
    const read = () => asked.mock.calls.filter(([from]) => String(from).startsWith('events')).length
    expect(eventsOf(await list(`?key=${tenant.keyId}`, tenant))).toEqual([])
    expect(read()).toBeGreaterThanOrEqual(5)
    asked.mockRestore()
  })

  test('hold Stripe’s sentence and request id where Stripe refused', async () => {
    await create({ id: 'TWICE', percent_off: 10 })
    const refused = await create({ id: 'TWICE', percent_off: 20 })
    const [event] = eventsOf(await list(`?request=${refused.headers.get('request-id')}`))
    expect(event).toMatchObject({
      type: 'coupon.create',
      outcome: 'not_applied',
      code: 'already_exists',
      message: refused.body['error'],
      stripe_request_id: refused.headers.get('stripe-request-id'),
    })
    expect(event?.['message']).toMatch(/already exists/)
  })

  test('are found by account, object, key, request, Idempotency-Key and time', async () => {
    const answer = await create({ id: 'FOUND', percent_off: 10 }, { 'idempotency-key': 'order-found' })
    const requestId = String(answer.headers.get('request-id'))
    const [event] = eventsOf(await list('?object=FOUND'))
    for (const query of [
      `?request=${requestId}`,
      '?idempotency_key=order-found',
      `?account=${server.accountId}&limit=1`,
      `?key=${server.keyId}&limit=1`,
      `?since=${event?.['created']}&limit=1`,
    ]) {
      expect(eventsOf(await list(query)), query).toEqual([event])
    }
    for (const query of ['?account=acct_0', '?key=key_0', '?object=NONE', '?since=99999999999', '?unanswered=true']) {
      expect(eventsOf(await list(query)), query).toEqual([])
    }
  })

  test('come in pages, newest first, each once, and a cursor tells nothing of how many events there are', async () => {
    const tenant = await server.openTenant()
    for (let index = 0; index < 7; index += 1) await create({ id: `P${index}`, percent_off: 10 }, {}, tenant)
    const seen: unknown[] = []
    let cursor: unknown
    do {
      const page = await list(`?limit=2${cursor === undefined ? '' : `&starting_after=${String(cursor)}`}`, tenant)
      seen.push(...eventsOf(page).map((event) => event['object_id']))
      cursor = page.body['next_cursor']
      if (typeof cursor === 'string') {
        const [at, id] = JSON.parse(Buffer.from(cursor.slice(4), 'base64url').toString())
        expect([typeof at, String(id).slice(0, 4)]).toEqual(['number', 'chg_'])
        expect(Math.abs(Date.now() - at)).toBeLessThan(600_000)
      }
    } while (cursor !== null)
    expect(seen).toEqual(['P6', 'P5', 'P4', 'P3', 'P2', 'P1', 'P0'])
    expectRefusal(await list('?starting_after=abc'), 400, 'invalid_request', { param: 'starting_after' })
  })

  test('are its own alone, whatever the filters name', async () => {
    const theirs = await create({ id: 'THEIRS', percent_off: 10 }, { 'idempotency-key': 'secret' }, other)
    for (const query of [
      '?object=THEIRS',
      '?idempotency_key=secret',
      `?account=${other.accountId}`,
      `?key=${other.keyId}`,
      `?request=${theirs.headers.get('request-id')}`,
    ]) {
      expect(eventsOf(await list(query)), query).toEqual([])
      expect(eventsOf(await list(query, other)), query).toHaveLength(1)
    }
  })

  test('hold in short form what was refused before Stripe was asked, without its body', async () => {
    const tenant = await server.openTenant()
    const refused = await create({ percent_off: 'secret-word' }, { 'idempotency-key': 'order-r' }, tenant)
    expect(refused.status).toBe(400)
    const read = () => list(`?request=${refused.headers.get('request-id')}`, tenant)
    await expect.poll(async () => eventsOf(await read())).toHaveLength(1)
    const [event] = eventsOf(await read())
    expect(event).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      type: 'request.refused',
      account: tenant.accountId,
      key: tenant.keyId,
      address: '127.0.0.1',
      idempotency_key: 'order-r',
      outcome: 'not_applied',
      code: 'invalid_request',
      terms: null,
    })
    expect(event?.['message']).toMatch(/^POST \/v1\/public\/.*\/coupons: data.percent_off must be a number/)
    expect(JSON.stringify(event)).not.toContain('secret-word')
  })

  test('name an account that is not the agency’s only as what was asked for', async () => {
    const tenant = await server.openTenant()
    await create({ percent_off: 10 }, {}, { ...tenant, coupons: other.coupons })
    await expect.poll(async () => eventsOf(await list('', tenant))).toHaveLength(1)
    expect(eventsOf(await list('', tenant))).toMatchObject([
      { code: 'account_not_found', account: null, object_id: other.accountId },
    ])
    expect(eventsOf(await list(`?object=${other.accountId}`, other))).toEqual([])
  })

  test('do not hold a read that Stripe refused, nor a call without a key', async () => {
    const tenant = await server.openTenant()
    expect((await server.call(`${tenant.coupons}/NONE`, { key: tenant.key })).status).toBe(404)
    expect((await server.call(tenant.coupons, { key: null })).status).toBe(401)
    await create({}, {}, tenant)
    await expect.poll(async () => eventsOf(await list('', tenant))).toHaveLength(1)
  })
})
