import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createChanges } from '../../src/journal/changes.ts'
import type { NewEvent } from '../../src/journal/journal.ts'
import { createUndo } from '../../src/journal/undo.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import { journalOf, startTestServer, type Tenant, type TestServer } from '../support/server.ts'

const hourMs = 3_600_000

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
  const connected = () => accounts.requireAccount(tenant.agencyId, tenant.accountId)
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
    remove: (id: string, { key } = tenant) => server.call(`${tenant.coupons}/${id}`, { method: 'DELETE', key }),
    /** What somebody does in Stripe's dashboard. */
    inDashboard: {
      remove: async (id: string) => await stripe.deleteCoupon(await connected(), id),
      make: async (id: string, percent_off = 10) =>
        await stripe.createCoupon(await connected(), { id, percent_off, duration: 'once' }, randomUUID()),
    },
    /** Changes what the journal says of the newest change of the key. */
    rewrite: async (start: Partial<NewEvent> & { at?: number }, end: Partial<NewEvent> = {}) => {
      await journal.flush()
      const { change_id } = await database
        .selectFrom('events')
        .select('change_id')
        .where('key_id', '=', tenant.keyId)
        .orderBy('seq', 'desc')
        .executeTakeFirstOrThrow()
      const change = database.updateTable('events').where('change_id', '=', change_id)
      await change.set(start).where('type', 'like', '%.started').execute()
      if (Object.keys(end).length > 0) await change.set(end).where('type', 'like', '%.ended').execute()
    },
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
  const at = Date.now() - 60_000
  await server.database.updateTable('events').set({ at }).where('object_id', '=', 'BEFORE').execute()
  await coupon('THEIRS')
  expect(await undo({ since: at + 1 })).toEqual([])
  expect([await exists('THEIRS'), await exists('BEFORE')]).toEqual([true, true])
  expect(await undo({ since: at })).toEqual([['coupon', 'BEFORE', 'undone']])
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

test('what a key was told of again and made before is left', async () => {
  const { tenant, coupon, rewrite, exists, undo } = await open()
  const headers = { 'idempotency-key': 'order-1' }
  await coupon('BEFORE', tenant, headers)
  const at = Date.now() - 60_000
  await rewrite({ at })
  await coupon('BEFORE', tenant, headers)
  expect(await undo({ since: at + 1 })).toEqual([])
  expect(await exists('BEFORE')).toBe(true)
})

test('a replayed creation is of the time of the attempt whose answer was lost', async () => {
  const { tenant, coupon, rewrite, undo } = await open()
  const headers = { 'idempotency-key': 'order-1' }
  await coupon('MINE', tenant, headers)
  await rewrite({ at: Date.now() }, { outcome: 'unknown', object_id: null })
  await coupon('MINE', tenant, headers)
  await rewrite({ at: Date.now() + hourMs })
  expect(await undo()).toEqual([['coupon', 'MINE', 'undone']])
})

test('what settling found by the answer that another key was given is left', async () => {
  const { tenant, coupon, rewrite, exists, undo } = await open()
  const headers = { 'idempotency-key': 'order-1' }
  await coupon('THEIRS', await server.openKey(tenant), headers)
  await coupon('THEIRS', tenant, headers)
  await rewrite({ at: Date.now() }, { type: 'coupon.create.settled', outcome: 'applied' })
  expect(await undo()).toEqual([])
  expect(await exists('THEIRS')).toBe(true)
})

describe('a coupon that was deleted and made again', () => {
  const left = [['coupon', 'SUMMER', 'is another one now']]

  test('by the key itself is undone', async () => {
    const { tenant, coupon, remove, undo } = await open()
    await coupon('SUMMER')
    await remove('SUMMER', await server.openKey(tenant))
    await coupon('SUMMER')
    expect(await undo()).toEqual([['coupon', 'SUMMER', 'undone']])
  })

  test('by another key is left, and a dry run says so', async () => {
    const { tenant, coupon, remove, exists, undo } = await open()
    const other = await server.openKey(tenant)
    await coupon('SUMMER')
    await remove('SUMMER', other)
    await coupon('SUMMER', other)
    expect(await undo({ isDryRun: true })).toEqual(left)
    expect(await undo()).toEqual(left)
    expect(await exists('SUMMER')).toBe(true)
  })

  test('by another key, and told to the first again, is left', async () => {
    const { tenant, coupon, inDashboard, exists, undo } = await open()
    const headers = { 'idempotency-key': 'order-1' }
    await coupon('SUMMER', tenant, headers)
    await inDashboard.remove('SUMMER')
    await coupon('SUMMER', await server.openKey(tenant))
    await coupon('SUMMER', tenant, headers)
    expect(await undo()).toEqual(left)
    expect(await exists('SUMMER')).toBe(true)
  })

  test('in the dashboard is left where the journal has its deletion', async () => {
    const { coupon, remove, inDashboard, exists, undo } = await open()
    await coupon('SUMMER')
    await remove('SUMMER')
    await inDashboard.make('SUMMER')
    expect(await undo()).toEqual(left)
    expect(await exists('SUMMER')).toBe(true)
  })

  test('in the dashboard with other terms is left', async () => {
    const { coupon, inDashboard, exists, undo } = await open()
    await coupon('SUMMER')
    await inDashboard.remove('SUMMER')
    await inDashboard.make('SUMMER', 20)
    expect(await undo()).toEqual(left)
    expect(await exists('SUMMER')).toBe(true)
  })

  test('in the dashboard at another time is left, whether the terms were kept or not', async () => {
    const { coupon, rewrite, inDashboard, exists, undo } = await open()
    await coupon('SUMMER')
    await rewrite({ at: Date.now() - hourMs })
    await inDashboard.remove('SUMMER')
    await inDashboard.make('SUMMER')
    expect(await undo()).toEqual(left)
    await rewrite({ terms: null, terms_digest: 'digest' })
    expect(await undo()).toEqual(left)
    expect(await exists('SUMMER')).toBe(true)
  })
})

test('a coupon of which the terms were too long to be kept is undone', async () => {
  const { coupon, rewrite, undo } = await open()
  await coupon('LONG')
  await rewrite({ terms: null, terms_digest: 'digest' })
  expect(await undo()).toEqual([['coupon', 'LONG', 'undone']])
})

test('the codes of a bulk job are its key’s, and more are found than are read at once', async () => {
  const { tenant, undo } = await open()
  const whose = {
    mode: 'sandbox' as const,
    agency_id: tenant.agencyId,
    account_id: tenant.accountId,
    key_id: tenant.keyId,
  }
  const rows = Array.from({ length: 501 }, (_, index) => {
    const event = { ...whose, change_id: `chg_bulk_${index}`, at: 5_000 + index, actor: 'worker' as const }
    const end = { object_id: `promo_${index}`, outcome: 'applied' as const }
    return [
      { ...event, id: `evt_bulk_${index}`, type: 'promotion_code.bulk_create.started', object_id: null, outcome: null },
      { ...event, id: `evt_end_${index}`, type: 'promotion_code.bulk_create.ended', ...end },
    ]
  }).flat()
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

test('a creation of which nobody knows the outcome is named, and what is known of it', async () => {
  const { coupon, rewrite, undo } = await open()
  await coupon('LOST')
  await rewrite({ at: Date.now() }, { outcome: 'unknown', object_id: null, message: 'Stripe did not answer in time.' })
  const unsettled = ['coupon', 'LOST', 'unknown', 'Not known yet. Run: chatdash journal settle']
  expect(await undo()).toEqual([unsettled])
  expect(await undo({ isDryRun: true })).toEqual([unsettled])
  const started = server.database.selectFrom('events').select('change_id').where('object_id', '=', 'LOST')
  const { change_id } = await started.executeTakeFirstOrThrow()
  const settled = { type: 'coupon.create.settled', actor: 'worker', change_id, outcome: 'unknown' } as const
  await server.journal.append({ ...settled, message: 'Two fit.', object_id: 'LOST' })
  expect(await undo()).toEqual([['coupon', 'LOST', 'unknown', 'Two fit.']])
})

test('a creation of which several attempts were lost is named once', async () => {
  const { tenant, coupon, rewrite, undo } = await open()
  for (const key of ['order-1', 'order-2', 'order-2']) {
    await coupon('LOST', tenant, { 'idempotency-key': key })
    await rewrite({ at: Date.now() }, { outcome: 'unknown', object_id: null })
  }
  expect(await undo()).toHaveLength(2)
})

test('an attempt whose answer was lost is not named where another one was answered', async () => {
  const { tenant, coupon, rewrite, undo } = await open()
  const headers = { 'idempotency-key': 'order-1' }
  await coupon('MINE', tenant, headers)
  await rewrite({ at: Date.now() }, { outcome: 'unknown', object_id: null })
  await coupon('MINE', tenant, headers)
  expect(await undo()).toEqual([['coupon', 'MINE', 'undone']])
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
