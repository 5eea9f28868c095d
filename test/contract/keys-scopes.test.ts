import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import type { Bounds } from '../../src/agencies/bounds.ts'
import { createServer } from '../../src/http/server.ts'
import { createLog } from '../../src/http/log.ts'
import { scopes } from '../../src/lib/scopes.ts'
import { operations } from '../support/document.ts'
import { databases, expectRefusal, journalOf, startTestServer, type TestServer } from '../support/server.ts'

const scopeOf: Record<string, string> = {
  listAccounts: 'accounts:read',
  listCoupons: 'coupons:read',
  retrieveCoupon: 'coupons:read',
  previewCoupon: 'coupons:read',
  'Create Coupon': 'coupons:write',
  'Update Coupon': 'coupons:write',
  deleteCoupon: 'coupons:write',
  listPromotionCodes: 'promotion_codes:read',
  listPromotionCodesOfCoupon: 'promotion_codes:read',
  retrievePromotionCode: 'promotion_codes:read',
  createPromotionCode: 'promotion_codes:write',
  updatePromotionCode: 'promotion_codes:write',
  createBulkPromotionCodes: 'promotion_codes:write',
  cancelBulkPromotionCodes: 'promotion_codes:write',
  retrieveBulkPromotionCodes: 'promotion_codes:read',
  listCodesOfBulkPromotionCodes: 'promotion_codes:read',
  exportBulkPromotionCodes: 'promotion_codes:read',
  listEvents: 'events:read',
  listKeys: 'keys:manage',
  createKey: 'keys:manage',
  retrieveKey: 'keys:manage',
  updateKey: 'keys:manage',
  rotateKey: 'keys:manage',
  revokeKey: 'keys:manage',
  freezeKey: 'keys:manage',
  unfreezeKey: 'keys:manage',
}
/** What any key that works may ask has no scope. */
const guarded = operations.filter(({ isGuarded, name }) => isGuarded && name !== 'retrieveMe')

describe.each(databases)('what a key may do, on %s', (database) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ database })
  })
  afterAll(() => server.close())

  const keyWith = async (bounds: Partial<Bounds>) => {
    const limits = { bounds: { scopes: [...scopes], ...bounds } }
    return (await createApiKeys(server.database, 'sandbox').createKey(server.agencyId, 'limited', limits)).secret
  }
  const create = (key: string, coupons = server.coupons) =>
    server.call(coupons, { method: 'POST', key, body: { data: { percent_off: 10 } } })

  test.each(guarded)('$name is refused to a key with every other scope', async ({ name, method, path, example }) => {
    const needed = scopeOf[name]
    const key = await keyWith({ scopes: scopes.filter((scope) => scope !== needed) })
    const filled = path.replace('{accountId}', server.accountId).replace(/\{\w+\}/g, 'SUMMER20')
    const answer = await server.call(filled, { method, key, ...(example && { body: example }) })
    expectRefusal(answer, 403, 'not_allowed', { retryable: false })
    expect(answer.body['error']).toContain(`the scope ${needed}.`)
  })

  test('a key that lacks the scope writes nothing', async () => {
    const before = (await journalOf(server)).length
    expectRefusal(await create(await keyWith({ scopes: ['coupons:read'] })), 403, 'not_allowed')
    expect(await journalOf(server)).toHaveLength(before)
  })

  test('one scope is enough for what it is for', async () => {
    expect((await create(await keyWith({ scopes: ['coupons:write'] }))).status).toBe(201)
  })

  test('a key from before scopes were kept has every scope but keys:manage', async () => {
    const { key, keyId } = await server.openKey(server)
    await server.database.updateTable('api_keys').set({ bounds: null }).where('id', '=', keyId).execute()
    expect((await create(key)).status).toBe(201)
    const found = await createApiKeys(server.database, 'sandbox').findWorking(keyId)
    expect(found?.bounds).toEqual({ scopes: scopes.filter((scope) => scope !== 'keys:manage') })
  })

  test('a key that is limited to accounts sees another one of its agency as one that does not exist', async () => {
    const other = await server.connectAnother(server.agencyId)
    const key = await keyWith({ accounts: [server.accountId] })
    expect((await create(key)).status).toBe(201)
    const told = async (account: string) => {
      const answer = await create(key, server.coupons.replace(server.accountId, account))
      return { status: answer.status, body: { ...answer.body, request_id: '' }, headers: [...answer.headers.keys()] }
    }
    expect(await told(other)).toEqual(await told('acct_0000000000000000'))
    expect(await told(other)).toMatchObject({ status: 404, body: { code: 'account_not_found' } })
  })

  test('a key that is limited to accounts lists only those', async () => {
    const other = await server.connectAnother(server.agencyId)
    const ids = async (key: string) => {
      const { body } = await server.call('/v1/public/stripe/connect/accounts', { key })
      return (body['data'] as { id: string }[]).map(({ id }) => id)
    }
    expect(await ids(await keyWith({ accounts: [other] }))).toEqual([other])
    expect(await ids(server.key)).toEqual(expect.arrayContaining([server.accountId, other]))
  })
})

test('a route that declares no scope does not boot', () => {
  const server = createServer(createLog('silent', { write: () => {} }))
  expect(() => server.get('/x', { schema: { operationId: 'x' } }, () => ({}))).toThrow(/does not declare config.access/)
})
