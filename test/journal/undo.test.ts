import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createChanges } from '../../src/journal/changes.ts'
import { createUndo } from '../../src/journal/undo.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import { journalOf, startTestServer, type Tenant, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** A tenant of its own, what it makes, and the undoing of it. `isDown` is whether Stripe cannot be reached. */
async function open() {
  const { database, journal, sandbox } = server
  const tenant = await server.openTenant()
  const stripeIs = { down: false }
  const stripe = createStripeClient({
    secretKey: 'sk_test_server',
    mode: 'sandbox',
    send: async (request) => {
      if (stripeIs.down) throw new Error('down')
      return await sandbox.send(request)
    },
    timeoutMs: 60_000,
    retriesMax: 0,
  })
  const accounts = createAccounts(database, 'sandbox')
  const undo = createUndo({ database, accounts, stripe, changes: createChanges(journal) })
  const post = async (path: string, data: object, { key }: Tenant = tenant, headers: Record<string, string> = {}) =>
    String((await server.call(path, { method: 'POST', key, body: { data }, headers })).body['id'])
  const codes = tenant.coupons.replace(/coupons$/, 'promotion-codes')
  return {
    tenant,
    stripeIs,
    coupon: (id: string, of?: Tenant, headers?: Record<string, string>) =>
      post(tenant.coupons, { id, percent_off: 10 }, of, headers),
    code: (coupon: string, code: string) => post(codes, { coupon, code }),
    exists: async (id: string) => (await server.call(`${tenant.coupons}/${id}`, { key: tenant.key })).status === 200,
    /** What was done with each, by its id. */
    undo: async ({ since = 0, isDryRun = false, keyId = tenant.keyId } = {}) => {
      await journal.flush()
      const done: unknown[] = []
      for await (const { objectId, kind, result, problem } of undo(keyId, since, isDryRun)) {
        done.push(problem === undefined ? [kind, objectId, result] : [kind, objectId, result, problem])
      }
      return done
    },
  }
}

test('what a key has made is undone, codes first, and once it is gone it is gone already', async () => {
  const { coupon, code, exists, undo } = await open()
  await coupon('FIRST')
  await coupon('SECOND')
  const made = await code('FIRST', 'CODE')
  expect(await undo()).toEqual([
    ['promotion_code', made, 'undone'],
    ['coupon', 'SECOND', 'undone'],
    ['coupon', 'FIRST', 'undone'],
  ])
  expect([await exists('FIRST'), await exists('SECOND')]).toEqual([false, false])
  expect(await undo()).toEqual([
    ['promotion_code', made, 'undone'],
    ['coupon', 'SECOND', 'gone already'],
    ['coupon', 'FIRST', 'gone already'],
  ])
})

test('each is a change of the operator, all of one request', async () => {
  const { tenant, coupon, code, undo } = await open()
  await coupon('MINE')
  const made = await code('MINE', 'CODE')
  await undo()
  const changes = (await journalOf(server)).filter((change) => change.account_id === tenant.accountId).slice(2)
  const whose = {
    actor: 'operator',
    key_id: null,
    address: null,
    outcome: 'applied',
    request_id: expect.stringMatching(/^req_/),
  }
  expect(changes).toMatchObject([
    { ...whose, operation: 'promotion_code.update', target: made, key_source: 'generated' },
    { ...whose, operation: 'coupon.delete', target: 'MINE', key_source: null, idempotency_key: null, terms: '{}' },
  ])
  expect(JSON.parse(changes[0]?.terms ?? '')).toEqual({ active: false, expand: ['promotion.coupon'] })
  expect(new Set(changes.map(({ request_id }) => request_id)).size).toBe(1)
})

test('a dry run changes nothing', async () => {
  const { coupon, exists, undo } = await open()
  await coupon('MINE')
  expect(await undo({ isDryRun: true })).toEqual([['coupon', 'MINE', 'to undo']])
  expect(await exists('MINE')).toBe(true)
})

test('what another key made, what was made before, updated or refused, is left', async () => {
  const { tenant, coupon, exists, undo } = await open()
  const other = await server.openKey(tenant)
  await coupon('THEIRS', other)
  await coupon('BEFORE')
  const path = `${tenant.coupons}/THEIRS`
  await server.call(path, { method: 'PUT', key: tenant.key, body: { data: { name: 'New' } } })
  await server.journal.flush()
  await server.database.updateTable('events').set({ at: 1_000 }).where('object_id', '=', 'BEFORE').execute()
  await coupon('THEIRS')
  expect(await undo({ since: 1_001 })).toEqual([])
  expect([await exists('THEIRS'), await exists('BEFORE')]).toEqual([true, true])
  expect(await undo({ since: 1_000 })).toEqual([['coupon', 'BEFORE', 'undone']])
})

test('what a key was told of again is undone once where it made it, and left where another key did', async () => {
  const { tenant, coupon, exists, undo } = await open()
  const other = await server.openKey(tenant)
  const headers = { 'idempotency-key': 'order-1' }
  await coupon('MINE', tenant, headers)
  await coupon('MINE', tenant, headers)
  await coupon('MINE', other, headers)
  expect(await undo({ keyId: other.keyId })).toEqual([])
  expect(await exists('MINE')).toBe(true)
  expect(await undo()).toEqual([['coupon', 'MINE', 'undone']])
})

test('a replayed creation whose first answer is not known is the key’s own', async () => {
  const { tenant, coupon, undo } = await open()
  const headers = { 'idempotency-key': 'order-1' }
  await coupon('MINE', tenant, headers)
  await server.journal.flush()
  await server.database.deleteFrom('events').where('agency_id', '=', tenant.agencyId).execute()
  await coupon('MINE', tenant, headers)
  expect(await undo()).toEqual([['coupon', 'MINE', 'undone']])
})

test('the codes of a bulk job are its key’s, and more are found than are read at once', async () => {
  const { tenant, undo } = await open()
  const whose = {
    mode: 'sandbox' as const,
    agency_id: tenant.agencyId,
    account_id: tenant.accountId,
    key_id: tenant.keyId,
  }
  const rows = Array.from({ length: 501 }, (_, index) => ({
    ...whose,
    id: `evt_bulk_${index}`,
    change_id: `chg_bulk_${index}`,
    at: 5_000 + index,
    actor: 'worker' as const,
    type: 'promotion_code.bulk_create.started',
    object_id: `promo_${index}`,
    outcome: 'applied' as const,
  }))
  for (let first = 0; first < rows.length; first += 100) {
    await server.database
      .insertInto('events')
      .values(rows.slice(first, first + 100))
      .execute()
  }
  const found = await undo({ isDryRun: true })
  expect(found).toHaveLength(501)
  expect(found[0]).toEqual(['promotion_code', 'promo_500', 'to undo'])
})

test('what Stripe does not carry out has failed, with the reason, and the rest goes on', async () => {
  const { coupon, stripeIs, exists, undo } = await open()
  await coupon('ONE')
  await coupon('TWO')
  stripeIs.down = true
  const problem = expect.stringContaining('Stripe could not be reached')
  expect(await undo()).toEqual([
    ['coupon', 'TWO', 'failed', problem],
    ['coupon', 'ONE', 'failed', problem],
  ])
  expect([await exists('ONE'), await exists('TWO')]).toEqual([true, true])
})
