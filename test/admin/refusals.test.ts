import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { AdminOptions } from '../../src/admin/server.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { adminOperations, startTestAdmin, type TestAdmin } from '../support/admin.ts'
import { databases, expectRefusal, startTestServer, type TestServer } from '../support/server.ts'

describe.each(databases)('the admin API, on %s', (database) => {
  let server: TestServer
  let admin: TestAdmin
  beforeAll(async () => {
    server = await startTestServer({ database })
    admin = await startTestAdmin(server)
  })
  afterAll(async () => {
    await admin.close()
    await server.close()
  })

  const get = async (path: string) => await admin.call(`/v1/admin${path}`)

  test.each(adminOperations.filter(({ path }) => path.includes('{')))(
    '$method $path of an id that there is not is 404, and says which',
    async ({ method, path, example }) => {
      const filled = path.replace(/\{\w+\}/g, 'none')
      const answer = await admin.call(filled, { method, ...(example && { data: example }) })
      expectRefusal(answer, 404, 'not_found', { param: /\{(\w+)\}/.exec(path)?.[1] })
    },
  )

  test.each([
    ['POST', '/agencies', {}, 'data.name'],
    ['POST', '/agencies', { name: ' ' }, 'data.name'],
    ['POST', '/agencies', { name: 'a\u202Eb' }, 'data.name'],
    ['POST', '/agencies', { name: 'x'.repeat(101) }, 'data.name'],
    ['POST', '/agencies', { name: 'Acme', plan: 'gold' }, 'data.plan'],
    ['POST', '/agencies/AG/accounts', { account: 'ACCT_1' }, 'data.account'],
    ['POST', '/agencies/AG/keys', { name: 'n8n' }, 'data.scopes'],
    ['POST', '/agencies/AG/keys', { name: 'n8n', scopes: ['all'] }, 'data.scopes.0'],
    ['POST', '/agencies/AG/keys', { name: 'n8n', scopes: ['coupons:read'], networks: ['x'] }, 'data.networks.0'],
    ['POST', '/agencies/AG/keys', { name: 'n8n', scopes: ['coupons:read'], expires_at: 1 }, 'data.expires_at'],
    ['POST', '/keys/KEY/rotate', { overlap_seconds: -1 }, 'data.overlap_seconds'],
    ['PUT', '/keys/KEY', { max_percent: 101 }, 'data.max_percent'],
    ['PUT', '/keys/KEY', { max_amounts: { xxx: 1 } }, 'data.max_amounts.xxx'],
  ])('%s %s with %j is refused, names the field, and changes nothing', async (method, path, data, param) => {
    const filled = path.replace('AG', server.agencyId).replace('KEY', server.keyId)
    const before = (await get('/events?limit=100')).body.data
    const answer = await admin.call(`/v1/admin${filled}`, { method, data })
    expectRefusal(answer, 400, 'invalid_request', { param, outcome: 'not_applied' })
    expect((await get('/events?limit=100')).body.data).toEqual(before)
  })

  test.each([
    ['/agencies?limit=0', 'limit'],
    ['/agencies?page=2', 'page'],
    ['/agencies?starting_after=none', 'starting_after'],
    ['/events?starting_after=cur_x', 'starting_after'],
    ['/jobs?unfinished=yes', 'unfinished'],
    ['/events?since=now', 'since'],
    ['/events?since=1&unanswered=true', 'since'],
    ['/status?verbose=1', 'verbose'],
  ])('%s is refused, and names the parameter', async (path, param) => {
    expectRefusal(await get(path), 400, 'invalid_request', { param })
  })
})

describe('while the database cannot be reached', () => {
  const open = async () => {
    const server = await startTestServer()
    const database = openDatabase('postgres://127.0.0.1:1/none')
    const admin = await startTestAdmin(server, { database, redis: () => ({ isUp: false }) })
    onTestFinished(async () => {
      await admin.close()
      await database.destroy()
      await server.close()
    })
    return admin
  }

  test('the status says so, and what is known without it', async () => {
    const admin = await open()
    const { status, body } = await admin.call('/v1/admin/status')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      mode: 'sandbox',
      database: { kind: 'postgres', writable: false, pending_migrations: null },
      redis: { reachable: false },
      journal: null,
      jobs: null,
      freezes: null,
    })
  })

  test('a read may be repeated, and of a change nobody knows whether it was made', async () => {
    const admin = await open()
    expectRefusal(await admin.call('/v1/admin/agencies'), 503, 'unavailable', { retryable: true })
    const data = { name: 'Acme' }
    expectRefusal(await admin.call('/v1/admin/agencies', { method: 'POST', data }), 503, 'unavailable', {
      retryable: false,
      outcome: 'unknown',
    })
  })
})

test('the status says that the database takes no writes, and what it can still read', async () => {
  const { server, admin } = await openAdmin()
  await server.database.deleteFrom('health').execute()
  const { headers, body } = await admin.call('/v1/admin/status')
  expect(body).toMatchObject({
    database: { writable: false, pending_migrations: 0 },
    journal: { unsealed: expect.any(Number) },
    jobs: { unfinished: 0 },
    freezes: [],
  })
  const warned = server.logged.map((line) => JSON.parse(line)).filter(({ level }) => level === 40)
  expect(warned).toMatchObject([{ what: 'write', request_id: headers.get('request-id') }])
})

test('the status says that the database takes writes where a part of it cannot be read', async () => {
  const { server, admin } = await openAdmin()
  await server.database.schema.dropTable('seals').execute()
  const { body } = await admin.call('/v1/admin/status')
  expect(body).toMatchObject({ database: { writable: true }, journal: null, jobs: { unfinished: 0 }, freezes: [] })
})

test('the status looks for no unsettled change itself: it has the number of the last settling', async () => {
  const { server, admin } = await openAdmin({ upkeep: { state: () => ({ unsettled: 3 }) } })
  const at = Date.now() - 3_600_000
  await server.database
    .insertInto('events')
    .values({ id: 'evt_1', at, mode: 'sandbox', actor: 'api_key', type: 'coupon.create.started', change_id: 'chg_1' })
    .execute()
  expect((await admin.call('/v1/admin/status')).body.journal).toMatchObject({ unsettled: 3 })
})

test('a change that an SQLite file refuses which was deleted may have been made, for all that is known', async () => {
  const { server, admin } = await openAdmin()
  rmSync(server.location)
  const answer = await admin.call('/v1/admin/agencies', { method: 'POST', data: { name: 'Acme' } })
  expectRefusal(answer, 503, 'unavailable', { retryable: false, outcome: 'unknown' })
})

test.each([
  ['GET', undefined],
  ['POST', { name: 'Acme' }],
])('a bug of ours in a %s is not laid at the database’s door', async (method, data) => {
  const { admin } = await openAdmin({}, (database) =>
    database.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async () => Promise.reject(new TypeError('a bug')),
    }),
  )
  const answer = await admin.call('/v1/admin/agencies', { method, ...(data && { data }) })
  expectRefusal(answer, 500, 'internal', data && { outcome: 'unknown', retryable: false })
})

/** The admin API, for one test, on what `change` makes of its database. */
async function openAdmin(more: Partial<AdminOptions> = {}, change = (database: Database) => database) {
  const server = await startTestServer()
  const admin = await startTestAdmin(server, { database: change(server.database), ...more })
  onTestFinished(async () => {
    await admin.close()
    await server.close()
  })
  return { server, admin }
}
