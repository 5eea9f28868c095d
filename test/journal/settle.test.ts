import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { listEvents } from '../../src/journal/events.ts'
import { createSettle, type Settled } from '../../src/journal/settle.ts'
import type { WireRequest } from '../../src/lib/wire.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import { databases, startTestServer, type TestServer } from '../support/server.ts'

/** After every call of a change has ended. */
const later = () => Date.now() + 11 * 60_000

describe.each(databases)('settling, on %s', (kind) => {
  let server: TestServer
  /** What happens to the next write: nothing, it is lost on the way to Stripe, or its answer is. */
  let fate: 'reaches' | 'lost' | 'unanswered'
  let sent: WireRequest[]
  let isDown: boolean

  const send = async (request: WireRequest) => {
    sent.push(request)
    if (isDown || (request.method !== 'GET' && fate === 'lost')) throw new Error('lost')
    const answer = await server.sandbox.send(request)
    if (request.method !== 'GET' && fate === 'unanswered') throw new Error('unanswered')
    return answer
  }
  beforeEach(async () => {
    fate = 'reaches'
    sent = []
    isDown = false
    server = await startTestServer({ database: kind, stripe: send, retriesMax: 0 })
  })
  afterEach(() => server.close())

  const call = (path: string, method: string, data?: object, key?: string) =>
    server.call(path, {
      method,
      ...(data && { body: { data } }),
      headers: key === undefined ? {} : { 'idempotency-key': key },
    })
  const create = (data: object, key?: string) => call(server.coupons, 'POST', data, key)
  const codes = () => server.coupons.replace(/coupons$/, 'promotion-codes')

  /** As if the process had been killed before the end of the newest change was written. */
  const crash = async () => {
    await server.journal.flush()
    const [newest] = await listEvents(server.database, {}, 1)
    if (!newest) throw new Error('There is no change.')
    await server.database
      .deleteFrom('events')
      .where('change_id', '=', newest.id)
      .where('type', 'like', '%.ended')
      .execute()
    fate = 'reaches'
    return newest.id
  }

  const settle = async (isDryRun = false): Promise<Settled[]> => {
    const { database, journal } = server
    const stripe = createStripeClient({
      secretKey: 'sk_test_server',
      mode: 'sandbox',
      send,
      timeoutMs: 5_000,
      retriesMax: 0,
    })
    const settling = createSettle({ database, journal, accounts: createAccounts(database, 'sandbox'), stripe })
    await journal.flush()
    const settled: Settled[] = []
    for await (const one of settling({ since: Date.now() - 60_000, now: later(), isDryRun })) settled.push(one)
    return settled
  }
  const verdicts = async () =>
    (await settle()).map((settled) =>
      'verdict' in settled ? [settled.verdict.outcome, settled.verdict.objectId] : settled.failure,
    )
  const couponsOnStripe = async () => {
    const { body } = await server.call(server.coupons)
    return (body['data'] as { id: string }[]).map(({ id }) => id)
  }

  test('finds a coupon with an id of its own that was made, and says that it was', async () => {
    fate = 'unanswered'
    await create({ id: 'MINE', percent_off: 10 })
    const change = await crash()
    expect(await verdicts()).toEqual([['applied', 'MINE']])
    const [event] = await listEvents(server.database, { objectId: 'MINE' }, 9)
    expect(event).toMatchObject({ id: change, type: 'coupon.create', outcome: 'applied', endedAt: null })
    expect(event).toMatchObject({ settledAt: expect.any(Number), message: expect.stringContaining('MINE') })
  })

  test('says that a coupon with an id of its own was not made where Stripe has none, or one that another change made', async () => {
    fate = 'lost'
    await create({ id: 'NONE', percent_off: 10 })
    await crash()
    fate = 'lost'
    await create({ id: 'LATER', percent_off: 10 }, 'one')
    await crash()
    await create({ id: 'LATER', percent_off: 10 }, 'two')
    expect(await verdicts()).toEqual([
      ['not_applied', null],
      ['not_applied', null],
    ])
  })

  test('cannot tell which of two requests for the same id of their own made it', async () => {
    fate = 'unanswered'
    await create({ id: 'MINE', percent_off: 10 })
    await crash()
    fate = 'lost'
    await create({ id: 'MINE', percent_off: 10 })
    await crash()
    await create({ id: 'MINE', percent_off: 20 }, 'other words')
    expect(await verdicts()).toEqual([
      ['unknown', 'MINE'],
      ['unknown', 'MINE'],
    ])
  })

  test('does not take the coupon of other words under the same key for its own', async () => {
    await create({ id: 'MINE', percent_off: 10, name: 'First' }, 'one')
    fate = 'unanswered'
    await create({ id: 'MINE', percent_off: 10, name: 'Second' }, 'one')
    await crash()
    expect(await verdicts()).toEqual([['not_applied', null]])
  })

  test('finds a coupon with an id of Stripe’s by its terms, and takes none that another change made', async () => {
    await create({ percent_off: 10, name: 'Same', metadata: { a: '1', b: '2' } })
    fate = 'unanswered'
    await create({ percent_off: 10, name: 'Same', metadata: { b: '2', a: '1' } })
    await crash()
    const [newest] = await couponsOnStripe()
    fate = 'lost'
    await create({ percent_off: 10, name: 'Other' })
    await crash()
    expect(await verdicts()).toEqual([
      ['applied', newest],
      ['not_applied', null],
    ])
  })

  test('cannot tell which of two equal requests made the one coupon, and says so of both', async () => {
    fate = 'unanswered'
    await create({ percent_off: 10 })
    await crash()
    fate = 'lost'
    await create({ percent_off: 10 })
    await crash()
    expect(await verdicts()).toEqual([
      ['unknown', null],
      ['unknown', null],
    ])
  })

  test('cannot tell either where the clock of the other request was off by hours', async () => {
    fate = 'unanswered'
    await create({ percent_off: 26 })
    const made = await crash()
    fate = 'lost'
    await create({ percent_off: 26 })
    const stepped = await crash()
    await server.database
      .updateTable('events')
      .set(({ eb }) => ({ at: eb('at', '-', 5 * 3_600_000) }))
      .where('change_id', '=', stepped)
      .execute()
    const settled = await settle()
    expect(settled.map(({ event }) => event.id)).toEqual([made])
    expect(settled).toMatchObject([{ verdict: { outcome: 'unknown' } }])
  })

  test('cannot tell where the coupon has been renamed, or deleted, since', async () => {
    fate = 'unanswered'
    await create({ percent_off: 10, name: 'First' })
    await crash()
    const [id] = await couponsOnStripe()
    await call(`${server.coupons}/${id}`, 'PUT', { name: 'Second' })
    expect((await settle(true)).map((one) => 'verdict' in one && one.verdict.outcome)).toEqual(['unknown'])
    await call(`${server.coupons}/${id}`, 'DELETE')
    expect(await verdicts()).toEqual([['unknown', null]])
  })

  test('knows a change from the answer to a retry under the same key', async () => {
    fate = 'unanswered'
    await create({ percent_off: 10 }, 'order-1')
    await crash()
    const retried = await create({ percent_off: 10 }, 'order-1')
    expect(retried.headers.get('idempotent-replayed')).toBe('true')
    expect(await verdicts()).toEqual([['applied', retried.body['id']]])
  })

  test('tells updates, deletions and promotion codes that were made from those that were not', async () => {
    await create({ id: 'A', percent_off: 10 })
    for (const now of ['unanswered', 'lost'] as const) {
      fate = now
      await call(`${server.coupons}/A`, 'PUT', { name: `Name ${now}` })
      await crash()
      expect(await verdicts()).toEqual([now === 'lost' ? ['not_applied', 'A'] : ['applied', 'A']])
      fate = now
      await call(codes(), 'POST', { coupon: 'A', code: `CODE-${now}` })
      await crash()
      expect(await verdicts()).toEqual([
        now === 'lost' ? ['not_applied', null] : ['applied', expect.stringMatching(/^promo_/)],
      ])
    }
    for (const now of ['lost', 'unanswered'] as const) {
      fate = now
      await call(`${server.coupons}/A`, 'DELETE')
      await crash()
      expect(await verdicts()).toEqual([[now === 'lost' ? 'not_applied' : 'applied', 'A']])
    }
  })

  test('looks at every change of an hour in which more were lost than are read at once', async () => {
    const { database } = server
    fate = 'lost'
    await create({ id: 'NONE', percent_off: 10 })
    await crash()
    const start = await database.selectFrom('events').selectAll().executeTakeFirstOrThrow()
    const more = Array.from({ length: 600 }, (_, index) => ({
      ...start,
      seq: undefined,
      id: `evt_${index}`,
      change_id: `chg_${index}`,
      idempotency_key: `order-${index}`,
      object_id: `NONE${index}`,
    }))
    for (let first = 0; first < more.length; first += 100) {
      await database
        .insertInto('events')
        .values(more.slice(first, first + 100))
        .execute()
    }
    isDown = true
    expect(await settle(true)).toHaveLength(601)
  })

  test('settles an end that says unknown as well', async () => {
    fate = 'unanswered'
    expect((await create({ id: 'MINE', percent_off: 10 })).body).toMatchObject({ outcome: 'unknown' })
    fate = 'reaches'
    await server.journal.flush()
    expect(await verdicts()).toEqual([['applied', 'MINE']])
    expect(await listEvents(server.database, {}, 9)).toMatchObject([{ outcome: 'applied', code: 'stripe_unavailable' }])
  })

  test('only reads from Stripe, writes nothing when run dry, and settles a change once, whoever asks', async () => {
    fate = 'unanswered'
    await create({ percent_off: 10 })
    await crash()
    sent = []
    expect(await settle(true)).toHaveLength(1)
    await Promise.all([settle(), settle()])
    expect(await settle()).toEqual([])
    expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(['GET']))
    const settled = await server.database.selectFrom('events').select('id').where('type', 'like', '%.settled').execute()
    expect(settled).toHaveLength(1)
  })

  test('leaves a change for later while Stripe cannot be asked', async () => {
    fate = 'unanswered'
    await create({ id: 'MINE', percent_off: 10 })
    await crash()
    isDown = true
    expect(await verdicts()).toEqual([expect.stringContaining('Stripe could not be reached')])
    isDown = false
    expect(await verdicts()).toEqual([['applied', 'MINE']])
  })
})
