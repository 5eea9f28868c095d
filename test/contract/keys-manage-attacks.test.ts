import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import type { KeyChangesData } from '../../src/agencies/key-schema.ts'
import { changedLimits } from '../../src/agencies/public-key.ts'
import { callsOf, idsOf, keyWith, type Limits, tenantOf } from '../support/keys.ts'
import { databases, expectRefusal, startTestServer, type Tenant, type TestServer } from '../support/server.ts'

const hour = 3_600_000
// The same on every run, since it is in the names of tests.
const end = Date.parse('2100-01-01')

/** What the managing key is limited to, what goes beyond that, and the field that a refusal names. */
const beyond: [own: Limits, wider: KeyChangesData, param: string][] = [
  [{ scopes: ['keys:manage', 'coupons:read'] }, { scopes: ['coupons:read', 'coupons:write'] }, 'data.scopes'],
  [{ accounts: ['acct_1'] }, { accounts: ['acct_1', 'acct_2'] }, 'data.accounts'],
  [{ accounts: ['acct_1'] }, { accounts: null }, 'data.accounts'],
  [{ networks: ['127.0.0.0/8'] }, { networks: ['127.0.0.1', '128.0.0.1'] }, 'data.networks'],
  [{ networks: ['127.0.0.0/8'] }, { networks: ['127.0.0.0/7'] }, 'data.networks'],
  [{ networks: ['127.0.0.0/8'] }, { networks: ['::ffff:127.0.0.1/40'] }, 'data.networks'],
  [{ networks: ['127.0.0.0/8'] }, { networks: null }, 'data.networks'],
  [{ expiresAt: end }, { expires_at: end / 1_000 + 1 }, 'data.expires_at'],
  [{ expiresAt: end }, { expires_at: null }, 'data.expires_at'],
  [{ maxPercent: 20 }, { max_percent: 20.01 }, 'data.max_percent'],
  [{ maxPercent: 20 }, { max_percent: null }, 'data.max_percent'],
  [{ maxPercent: 20 }, { max_amounts: { usd: 1 } }, 'data.max_amounts'],
  [{ maxAmounts: { usd: 500 } }, { max_amounts: { usd: 501 } }, 'data.max_amounts'],
  [{ maxAmounts: { usd: 500 } }, { max_amounts: { usd: 500, eur: 1 } }, 'data.max_amounts'],
  [{ maxAmounts: { usd: 500 } }, { max_amounts: null }, 'data.max_percent'],
  [{ maxAmounts: { usd: 500 } }, { max_percent: 1 }, 'data.max_percent'],
  [{ maxPercent: 100 }, { max_percent: null }, 'data.max_amounts'],
  [{ maxMonths: 12 }, { max_months: 13 }, 'data.max_months'],
  [{ maxMonths: 12 }, { max_months: null }, 'data.max_months'],
  [{ noForever: true }, { no_forever: false }, 'data.no_forever'],
  [{ changesPerDay: 10 }, { changes_per_day: 11 }, 'data.changes_per_day'],
  [{ changesPerDay: 10 }, { changes_per_day: null }, 'data.changes_per_day'],
]

const within: [own: Limits, narrower: KeyChangesData][] = [
  [{ scopes: ['keys:manage', 'coupons:read'] }, { scopes: ['coupons:read'] }],
  [{ accounts: ['acct_1', 'acct_2'] }, { accounts: ['acct_2'] }],
  [{ networks: ['127.0.0.0/8', '2001:db8::/32'] }, { networks: ['127.0.0.1', '2001:db8:1::/48'] }],
  [{ expiresAt: end }, { expires_at: end / 1_000 - 1 }],
  [{ maxPercent: 20 }, { max_percent: 20 }],
  [
    { maxPercent: 20, maxAmounts: { usd: 500 } },
    { max_percent: null, max_amounts: { usd: 499 } },
  ],
  [{ maxPercent: 20, maxAmounts: { usd: 500 } }, { max_amounts: null }],
  [{ maxMonths: 12 }, { max_months: 11 }],
  [{ maxMonths: 12, noForever: true }, { no_forever: false }],
  [{ changesPerDay: 10 }, { changes_per_day: 9 }],
  [{ guardSeconds: 60 }, { guard_seconds: null }],
  [{}, { max_percent: 5, max_amounts: { usd: 5 }, max_months: 5, changes_per_day: 5, expires_at: end / 1_000 }],
]

describe.each(databases)('a key that manages keys, on %s', (database) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ database })
  })
  afterAll(() => server.close())

  const rowOf = async ({ keyId }: Tenant) => await createApiKeys(server.database, 'sandbox').findById(keyId)

  /** Every way to a key by its id, each refused as if there were none. */
  const expectHidden = async (from: Tenant, target: Tenant) => {
    const before = await rowOf(target)
    const calls = callsOf(server, from)
    const told = async (id: string) =>
      (
        await Promise.all([
          calls.retrieve(id),
          calls.update(id, { name: 'taken' }),
          calls.rotate(id, 0),
          calls.revoke(id),
          calls.freeze(id),
          calls.unfreeze(id),
        ])
      ).map(({ status, body }) => ({ status, body: { ...body, request_id: '' } }))
    const answers = await told(target.keyId)
    expect(answers).toEqual(await told('key_000000000000000000000000'))
    const error = 'There is no API key with this id that may do no more than this one.'
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found', error, param: 'keyId' } })
    expect(idsOf(await calls.list('?limit=100'))).not.toContain(target.keyId)
    expect(await rowOf(target)).toEqual(before)
  }

  test.each(beyond)(
    'that is limited by %j can neither give %j nor touch a key that has it',
    async (own, wider, param) => {
      const tenant = await server.openTenant()
      const manager = await keyWith(server, tenant, own)
      const calls = callsOf(server, manager)
      const scopes = ['coupons:read']

      const count = async () => (await createApiKeys(server.database, 'sandbox').listKeys(tenant.agencyId)).length
      const before = await count()
      expectRefusal(await calls.create({ scopes, ...wider }), 403, 'not_allowed', { param, outcome: 'not_applied' })
      expect(await count()).toBe(before)

      const mine = tenantOf(await calls.create({ scopes }), tenant)
      for (const target of [mine, manager]) {
        const unchanged = await rowOf(target)
        expectRefusal(await calls.update(target.keyId, wider), 403, 'not_allowed', { param })
        expect((await rowOf(target))?.bounds).toEqual(unchanged?.bounds)
        expect((await rowOf(target))?.expiresAt).toBe(unchanged?.expiresAt)
      }

      const { expiresAt = null, mode: _mode, ...bounds } = own
      const limits = changedLimits(wider, { bounds: { scopes: ['coupons:read'], ...bounds }, expiresAt })
      await expectHidden(manager, await keyWith(server, tenant, { ...limits.bounds, expiresAt: limits.expiresAt }))
    },
  )

  test.each(within)(
    'that is limited by %j can give %j, and what it does not name is its own',
    async (own, narrower) => {
      const tenant = await server.openTenant()
      const manager = await keyWith(server, tenant, own)
      const calls = callsOf(server, manager)
      const made = tenantOf(await calls.create({ scopes: ['coupons:read'] }), tenant)
      const { expiresAt = null, ...bounds } = own
      expect(await rowOf(made)).toMatchObject({ expiresAt, bounds: { ...bounds, scopes: ['coupons:read'] } })
      const updated = await calls.update(made.keyId, narrower)
      expect(updated.status).toBe(200)
      expect(updated.body).toMatchObject(narrower)
      expect((await calls.create({ scopes: ['coupons:read'], ...narrower })).body).toMatchObject(narrower)
      expect((await calls.rotate(made.keyId, 60)).body).toMatchObject(narrower)
    },
  )

  test('that works in one mode sees no key that works in every one, and makes none', async () => {
    const tenant = await server.openTenant()
    const manager = await keyWith(server, tenant, { mode: 'sandbox' })
    await expectHidden(manager, tenant)
    const made = await callsOf(server, manager).create({ scopes: ['coupons:read'] })
    expect(made.body['mode']).toBe('sandbox')
  })

  test('sees no key of another agency', async () => {
    await expectHidden(server, await server.openTenant())
  })

  test('that may make few changes a day gains none by the keys that it makes, rotates or finds', async () => {
    const tenant = await server.openTenant()
    const counted = await keyWith(server, tenant, { changesPerDay: 3 })
    await expectHidden(counted, await keyWith(server, tenant, { changesPerDay: 2 }))
    const calls = callsOf(server, counted)
    const child = tenantOf(await calls.create({ scopes: ['coupons:write', 'keys:manage'] }), tenant)
    const grandchild = tenantOf(await callsOf(server, child).create({ scopes: ['coupons:write'] }), tenant)
    const replaced = tenantOf(await calls.rotate(counted.keyId, 600), tenant)
    const make = ({ key }: Tenant) =>
      server.call(tenant.coupons, { method: 'POST', key, body: { data: { percent_off: 5 } } })
    for (const one of [counted, child, grandchild]) expect((await make(one)).status).toBe(201)
    for (const one of [counted, child, grandchild, replaced]) {
      expectRefusal(await make(one), 403, 'not_allowed', { error: expect.stringContaining('3 changes a day') })
    }
  })

  test('that expires cannot outlive itself by rotation', async () => {
    const tenant = await server.openTenant()
    const expiresAt = Date.now() + hour
    const manager = await keyWith(server, tenant, { expiresAt })
    await server.database
      .updateTable('api_keys')
      .set({ created_at: Date.now() - 24 * hour })
      .where('id', '=', manager.keyId)
      .execute()
    expect(await rowOf(tenantOf(await callsOf(server, manager).rotate(manager.keyId, 60), tenant))).toMatchObject({
      expiresAt,
    })
  })

  test('that was revoked makes no key any more, although requests still trust it for a moment', async () => {
    const frozen = await startTestServer({ database, now: () => 1_000 })
    try {
      const manager = await keyWith(frozen, frozen)
      const calls = callsOf(frozen, manager)
      expect((await calls.list()).status).toBe(200)
      await createApiKeys(frozen.database, 'sandbox').revokeKey(manager.keyId)
      const before = idsOf(await callsOf(frozen, frozen).list())
      expectRefusal(await calls.create({ scopes: ['coupons:read'] }), 401, 'unauthenticated')
      expectRefusal(await calls.rotate(frozen.keyId, 0), 401, 'unauthenticated')
      expectRefusal(await calls.list(), 401, 'unauthenticated')
      expect(idsOf(await callsOf(frozen, frozen).list())).toEqual(before)
    } finally {
      await frozen.close()
    }
  })

  test('is refused without the scope, as every key is that was made without saying so', async () => {
    const plain = await createApiKeys(server.database, 'sandbox').createKey(server.agencyId, 'plain')
    const answer = await callsOf(server, { ...server, key: plain.secret }).create({ scopes: ['coupons:read'] })
    expectRefusal(answer, 403, 'not_allowed', { error: expect.stringContaining('keys:manage') })
  })
})
