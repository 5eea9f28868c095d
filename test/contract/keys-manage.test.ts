import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { createFreezes } from '../../src/agencies/freezes.ts'
import { callsOf, idsOf, keyWith, tenantOf } from '../support/keys.ts'
import { databases, expectRefusal, startTestServer, type Tenant, type TestServer } from '../support/server.ts'

const scopes = ['coupons:read', 'coupons:write']

describe.each(databases)('keys over the API, on %s', (database) => {
  // Trust in a key ends when the test says so.
  const clock = { ms: 1_000 }
  const later = () => void (clock.ms += 1_000)
  let shared: TestServer
  beforeAll(async () => {
    shared = await startTestServer({ database, now: () => clock.ms })
  })
  afterAll(() => shared.close())

  /** A new agency, whose first key manages the others. */
  const open = async () => {
    const server = { ...shared, ...(await shared.openTenant()) }
    const calls = callsOf(server, server)
    const writes = async ({ key, coupons }: Tenant) =>
      (await server.call(coupons, { method: 'POST', key, body: { data: { percent_off: 5 } } })).status
    const reads = async ({ key, coupons }: Tenant) => (await server.call(coupons, { key })).status
    const keysOf = async () => await createApiKeys(server.database, 'sandbox').listKeys(server.agencyId)
    const freezePlatform = async () => {
      const freezes = createFreezes(server.database, 'sandbox')
      await freezes.freeze({ kind: 'platform' })
      onTestFinished(async () => void (await freezes.unfreeze({ kind: 'platform' })))
    }
    return { server, calls, writes, reads, keysOf, freezePlatform }
  }

  test('a key is made with what is said of it, and works', async () => {
    const { server, calls, writes, keysOf } = await open()
    const expires_at = Math.floor(Date.now() / 1_000) + 3_600
    const limits = { max_percent: 20, max_amounts: { usd: 500 }, max_months: 12, changes_per_day: 9, guard_seconds: 60 }
    const places = { accounts: [server.accountId], networks: ['127.0.0.1'] }
    const made = await calls.create({
      name: 'the shop',
      scopes: [...scopes, ...scopes],
      expires_at,
      ...limits,
      ...places,
      networks: ['127.0.0.1', '127.0.0.1'],
    })
    expect(made.body).toEqual({
      id: expect.stringMatching(/^key_/),
      object: 'api_key',
      name: 'the shop',
      hint: String(made.body['secret']).slice(-4),
      created: expect.any(Number),
      last_used_at: null,
      expires_at,
      revoked_at: null,
      frozen_by: null,
      mode: null,
      scopes,
      no_forever: false,
      ...limits,
      ...places,
      secret: expect.stringMatching(/^CD\.[0-9a-f]{40}$/),
    })
    const tenant = tenantOf(made, server)
    expect(await writes(tenant)).toBe(201)
    // Its changes are counted alone, since the key that made it has no count to share.
    expect((await keysOf()).find(({ id }) => id === tenant.keyId)?.bounds).not.toHaveProperty('countedWith')
    const { secret: _, ...shown } = made.body
    expect((await calls.retrieve(tenant.keyId)).body).toEqual({ ...shown, last_used_at: expect.any(Number) })
  })

  test('a secret is in the one answer alone: in no other, in no log, in no table', async () => {
    const { server, calls } = await open()
    const made = tenantOf(await calls.create({ scopes }, { 'idempotency-key': 'order-1' }), server)
    const rotated = tenantOf(await calls.rotate(made.keyId, 60), server)
    await server.journal.flush()
    const tables = [
      await server.database.selectFrom('api_keys').selectAll().execute(),
      await server.database.selectFrom('events').selectAll().execute(),
    ]
    const answers = [
      await calls.create({ scopes }, { 'idempotency-key': 'order-1' }),
      await calls.retrieve(made.keyId),
      await calls.list(),
      await server.call('/v1/public/events', { key: server.key }),
    ]
    const told = JSON.stringify([tables, answers.map(({ body }) => body), server.logged])
    for (const { keyId, key } of [made, rotated]) {
      expect(told).toContain(keyId)
      expect(told).not.toContain(key.slice(3))
    }
  })

  test('an update changes what it names, lifts what is null and leaves the rest, within a second', async () => {
    const { server, calls, writes } = await open()
    const made = tenantOf(await calls.create({ scopes, max_percent: 4, max_months: 12 }), server)
    expect(await writes(made)).toBe(403)
    const { body } = await calls.update(made.keyId, { name: 'renamed', max_percent: null })
    expect(body).toMatchObject({ name: 'renamed', max_percent: null, max_months: 12, scopes })
    later()
    expect(await writes(made)).toBe(201)
    expect((await calls.update(made.keyId, {})).body).toMatchObject({ name: 'renamed', max_months: 12 })
  })

  test('a rotated key works on for the overlap beside the new one', async () => {
    const { server, calls, writes } = await open()
    const old = tenantOf(await calls.create({ scopes, max_percent: 20 }), server)
    const next = tenantOf(await calls.rotate(old.keyId, 3_600), server)
    later()
    expect([await writes(old), await writes(next)]).toEqual([201, 201])
    const last = tenantOf(await calls.rotate(next.keyId, 0), server)
    later()
    expect([await writes(next), await writes(last)]).toEqual([401, 201])
    expect((await calls.retrieve(last.keyId)).body).toMatchObject({ name: 'n8n', max_percent: 20, expires_at: null })
  })

  test('a frozen key reads and does not write, and does not unfreeze itself, until another one does', async () => {
    const { server, calls, writes, reads } = await open()
    const manager = tenantOf(await calls.create({ scopes: [...scopes, 'keys:manage'] }), server)
    expect((await calls.freeze(manager.keyId)).body['frozen_by']).toBe('agency')
    later()
    expect([await writes(manager), await reads(manager)]).toEqual([403, 200])
    const own = callsOf(server, manager)
    expect((await own.retrieve(manager.keyId)).status).toBe(200)
    const error = 'This API key is frozen by your agency: it can read, and change nothing.'
    expectRefusal(await own.unfreeze(manager.keyId), 403, 'not_allowed', { error })
    expect((await calls.unfreeze(manager.keyId)).body['frozen_by']).toBe(null)
    later()
    expect(await writes(manager)).toBe(201)
  })

  test.each(['key', 'agency', 'platform'] as const)('what the operator froze at the %s no key frees', async (level) => {
    const { server, calls, writes, freezePlatform } = await open()
    const made = tenantOf(await calls.create({ scopes }), server)
    const freezes = createFreezes(server.database, 'sandbox')
    if (level === 'key') await freezes.freeze({ kind: 'api_key', id: made.keyId })
    else if (level === 'agency') await freezes.freeze({ kind: 'agency', id: server.agencyId })
    else await freezePlatform()
    later()
    if (level === 'key') {
      for (const answer of [await calls.freeze(made.keyId), await calls.unfreeze(made.keyId)]) {
        expect(answer.body['frozen_by']).toBe('operator')
      }
      expectRefusal(await calls.rotate(made.keyId, 0), 403, 'not_allowed')
    } else {
      for (const answer of [await calls.unfreeze(made.keyId), await calls.create({ scopes })])
        expectRefusal(answer, 403, 'not_allowed', { error: expect.stringContaining('frozen by the operator') })
    }
    later()
    expect(await writes(made)).toBe(403)
    expect((await calls.retrieve(made.keyId)).body['frozen_by']).toBe('operator')
  })

  test('the operator’s unfreeze leaves the freeze of the agency', async () => {
    const { server, calls, writes } = await open()
    const made = tenantOf(await calls.create({ scopes }), server)
    const freezes = createFreezes(server.database, 'sandbox')
    await calls.freeze(made.keyId)
    await freezes.freeze({ kind: 'api_key', id: made.keyId })
    await freezes.unfreeze({ kind: 'api_key', id: made.keyId })
    later()
    expect(await writes(made)).toBe(403)
    expect((await calls.retrieve(made.keyId)).body['frozen_by']).toBe('agency')
  })

  test('a revoked key works no more and can only be revoked again, also where it was the last to manage keys', async () => {
    const { server, calls, reads } = await open()
    const made = tenantOf(await calls.create({ scopes }), server)
    const { body } = await calls.revoke(made.keyId)
    later()
    expect(await reads(made)).toBe(401)
    expect((await calls.revoke(made.keyId)).body).toEqual({ ...body, last_used_at: null })
    for (const answer of [
      await calls.update(made.keyId, { name: 'back' }),
      await calls.rotate(made.keyId, 0),
      await calls.freeze(made.keyId),
      await calls.unfreeze(made.keyId),
    ])
      expectRefusal(answer, 400, 'invalid_request', { param: 'keyId', outcome: 'not_applied' })
    expect((await calls.revoke(server.keyId)).body['revoked_at']).toEqual(expect.any(Number))
    later()
    expectRefusal(await calls.list(), 401, 'unauthenticated')
  })

  test('a retry makes no second key, and is told which key the first one made', async () => {
    const { server, calls, keysOf } = await open()
    const headers = { 'idempotency-key': 'order-1' }
    const { keyId } = tenantOf(await calls.create({ scopes }, headers), server)
    const told = {
      param: 'Idempotency-Key',
      outcome: 'applied',
      error:
        `An earlier request with this Idempotency-Key made ${keyId}, whose secret was shown once. Where it is lost, revoke that ` +
        'key and send the request with another Idempotency-Key.',
    }
    expectRefusal(await calls.create({ scopes }, headers), 409, 'already_exists', told)
    expectRefusal(await calls.create({ scopes, max_percent: 5 }, headers), 422, 'idempotency_mismatch')
    const next = tenantOf(await calls.rotate(keyId, 0, headers), server)
    const toldNext = { ...told, error: expect.stringContaining(next.keyId) }
    expectRefusal(await calls.rotate(keyId, 0, headers), 409, 'already_exists', toldNext)
    expectRefusal(await calls.rotate(next.keyId, 0, headers), 422, 'idempotency_mismatch')
    expect(await keysOf()).toHaveLength(3)
    const other = await server.openTenant()
    expect((await callsOf(server, other).create({ scopes }, headers)).status).toBe(201)
  })

  test('the Idempotency-Key of a request that made a key is kept in the same form by every release', async () => {
    const { server, calls } = await open()
    const headers = { 'idempotency-key': 'order-1' }
    const made = tenantOf(await calls.create({ scopes }, headers), server)
    const rotated = tenantOf(await calls.rotate(made.keyId, 0, headers), server)
    const kept = { [made.keyId]: 'api_key.create', [rotated.keyId]: 'api_key.rotate' }
    for (const [id, operation] of Object.entries(kept)) {
      const row = await server.database
        .selectFrom('api_keys')
        .select('request_key')
        .where('id', '=', id)
        .executeTakeFirst()
      const parts = JSON.stringify([server.agencyId, '', operation, 'order-1'])
      expect(row?.request_key).toBe(`sandbox/${createHash('sha256').update(parts).digest('hex')}`)
    }
  })

  test('of retries at once one makes a key', async () => {
    const { calls, keysOf } = await open()
    const headers = { 'idempotency-key': 'order-1' }
    const answers = await Promise.all(Array.from({ length: 6 }, () => calls.create({ scopes }, headers)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5)
    expect(await keysOf()).toHaveLength(2)
  })

  test('a retry that a freeze refuses is told that the key was made', async () => {
    const { calls, freezePlatform } = await open()
    const headers = { 'idempotency-key': 'order-1' }
    expect((await calls.create({ scopes }, headers)).status).toBe(201)
    await freezePlatform()
    later()
    expectRefusal(await calls.create({ scopes }, headers), 403, 'not_allowed', { outcome: 'applied' })
  })

  test('updates at once are each made', async () => {
    const { server, calls } = await open()
    const { keyId } = tenantOf(await calls.create({ scopes }), server)
    const changes = [
      { max_percent: 20 },
      { max_months: 12 },
      { changes_per_day: 9 },
      { name: 'shop' },
      { no_forever: true },
    ]
    await Promise.all(changes.map((change) => calls.update(keyId, change)))
    expect((await calls.retrieve(keyId)).body).toMatchObject(Object.assign({}, ...changes))
  })

  test('each action is an event with the key that acted, its request and the key that was changed', async () => {
    const { server, calls } = await open()
    const events = async () => {
      const all = server.database.selectFrom('events').selectAll().where('agency_id', '=', server.agencyId)
      return await all.orderBy('seq').execute()
    }
    const made = await calls.create({ scopes }, { 'idempotency-key': 'order-1' })
    const { keyId } = tenantOf(made, server)
    const answers = [
      made,
      await calls.update(keyId, { max_percent: 20 }),
      await calls.freeze(keyId),
      await calls.unfreeze(keyId),
    ]
    for (const again of [await calls.unfreeze(keyId), await calls.update(keyId, {})]) expect(again.status).toBe(200)
    answers.push(await calls.revoke(keyId))
    expect((await calls.revoke(keyId)).status).toBe(200)
    const types = ['created', 'changed', 'frozen', 'unfrozen', 'revoked'].map((what) => `api_key.${what}`)
    expect(await events()).toMatchObject(
      answers.map(({ headers }, index) => ({
        type: types[index],
        actor: 'api_key',
        key_id: server.keyId,
        object_id: keyId,
        agency_id: server.agencyId,
        request_id: headers.get('request-id'),
        address: '127.0.0.1',
        outcome: 'applied',
      })),
    )
    expect((await events())[0]).toMatchObject({ idempotency_key: 'order-1', key_source: 'caller' })
    const { body } = await server.call(`/v1/public/events?object=${keyId}`, { key: server.key })
    expect((body['data'] as { type: string }[]).map(({ type }) => type)).toEqual(types.toReversed())
  })

  test('a list goes through all that the key may see, newest first and each once', async () => {
    const { server, calls } = await open()
    const seen: string[] = [server.keyId]
    for (let index = 0; index < 3; index += 1) {
      seen.unshift(tenantOf(await calls.create({ scopes }), server).keyId)
      await keyWith(server, server, { mode: 'sandbox' })
    }
    const manager = await keyWith(server, server, { scopes: ['coupons:read', 'coupons:write', 'keys:manage'] })
    const own = [manager.keyId, ...seen.slice(0, 3)]
    const ids = async (of: Tenant, limit: number) => {
      const found: string[] = []
      for (let query = `?limit=${limit}`; ;) {
        const page = await callsOf(server, of).list(query)
        found.push(...idsOf(page))
        if (page.body['next_cursor'] === null) return found
        query = `?limit=${limit}&starting_after=${String(page.body['next_cursor'])}`
      }
    }
    for (const limit of [1, 2, 100]) {
      expect(await ids(manager, limit)).toEqual(own)
      expect(await ids(server, limit)).toHaveLength(8)
    }
    expectRefusal(await calls.list('?starting_after=abc'), 400, 'invalid_request', { param: 'starting_after' })
  })

  test('a list that has to pass many keys of others ends its page with the budget, and the next one goes on', async () => {
    const server = await startTestServer({ database, now: () => clock.ms, rateLimitPerSecond: 2 })
    onTestFinished(() => server.close())
    const narrow = await keyWith(server, server, { scopes: ['keys:manage'] })
    for (let index = 0; index < 9; index += 1) await keyWith(server, server)
    const list = callsOf(server, narrow).list
    const found: string[] = []
    let pages = 0
    for (let query = '?limit=1'; ; pages += 1) {
      clock.ms += 10_000
      const page = await list(query)
      found.push(...idsOf(page))
      if (page.body['has_more'] === false) break
      query = `?limit=1&starting_after=${String(page.body['next_cursor'])}`
    }
    expect(found).toEqual([narrow.keyId])
    expect(pages).toBeGreaterThan(1)
  })

  test.each([
    [{}, 'data.scopes', 'data.scopes is required.'],
    [{ scopes: [] }, 'data.scopes', 'data.scopes must not be empty.'],
    [{ scopes, name: ' \u200b ' }, 'data.name', /must not be blank/],
    [{ scopes, networks: ['10.0.0.0/33'] }, 'data.networks.0', /an address or a CIDR block/],
    [{ scopes, networks: ['127.0.0.1', 'fe80::1%eth0/8/8'] }, 'data.networks.1', /an address or a CIDR block/],
    [{ scopes, accounts: ['cus_1'] }, 'data.accounts.0', /the id of an account/],
    [{ scopes, max_amounts: { xyz: 5 } }, 'data.max_amounts.xyz', /lower-case code/],
    [{ scopes, max_amounts: { constructor: 5 } }, 'data.max_amounts.constructor', /lower-case code/],
    [{ scopes, expires_at: 1 }, 'data.expires_at', /in the future/],
  ])('%j is refused by a sentence about %s, and makes nothing', async (data, param, sentence) => {
    const { calls, keysOf } = await open()
    const error = typeof sentence === 'string' ? sentence : expect.stringMatching(sentence)
    expectRefusal(await calls.create(data), 400, 'invalid_request', { param, error })
    expect(await keysOf()).toHaveLength(1)
  })

  test('me tells any key that works who it is, without a scope and without its secret', async () => {
    const { server, freezePlatform } = await open()
    const narrow = await keyWith(server, server, { scopes: ['coupons:read'], maxPercent: 20 })
    const me = (of: Tenant) => server.call('/v1/public/me', { key: of.key })
    const { status, body } = await me(narrow)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      object: 'me',
      mode: 'sandbox',
      livemode: false,
      agency: { id: server.agencyId, name: 'Test agency' },
      key: { id: narrow.keyId, name: 'made', scopes: ['coupons:read'], max_percent: 20, expires_at: null },
    })
    expect(JSON.stringify(body)).not.toContain(narrow.key.slice(3))
    await freezePlatform()
    later()
    expect((await me(narrow)).body).toMatchObject({ key: { frozen_by: 'operator' } })
    const away = await keyWith(server, server, { networks: ['192.0.2.0/24'] })
    expectRefusal(await me(away), 403, 'not_allowed')
    await server.revoke(narrow)
    expectRefusal(await me(narrow), 401, 'unauthenticated')
  })
})
