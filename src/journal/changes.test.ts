import { createHash } from 'node:crypto'
import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase } from '../../test/support/database.ts'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Origin } from '../agencies/origin.ts'
import type { Database } from '../database/database.ts'
import { deriveKey } from '../idempotency/derive.ts'
import { type Outcome, Refusal } from '../lib/refusal.ts'
import { type Change, createChanges } from './changes.ts'
import { createJournal, type Journal } from './journal.ts'

const account = { id: 'acct_1', agencyId: 'ag_1' } as ConnectedAccount
const origin: Origin = {
  actor: 'api_key',
  keyId: 'key_1',
  requestId: 'req_1',
  address: '127.0.0.1',
  idempotencyKey: 'order-1',
  keySource: 'caller',
}
type Terms = { name: string }
const change: Change<Terms> = { operation: 'coupon.create', objectId: null, terms: { name: 'Ten' }, fields: { a: 1 } }
const made = { value: { id: 'TEN' }, requestId: 'req_stripe', replayed: false, hasAmbiguousAttempt: false }
const stripeKey = deriveKey(account, 'coupon.create', 'order-1')

let database: Database
let journal: Journal
beforeEach(async () => {
  database = await openTestDatabase('sqlite')
  journal = createJournal(database, { mode: 'test', log: pino({ level: 'silent' }) })
})

type Call = (stripeKey: string, terms: Terms) => Promise<typeof made>
const record = (call: Call, more: Partial<Change<Terms>> = {}, by: Partial<Origin> = {}) =>
  createChanges(journal).record(account, { ...origin, ...by }, { ...change, ...more }, call)
const succeed = (answer: Partial<typeof made> = {}) => record(async () => ({ ...made, ...answer }))
const fail = async (thrown: Error, more?: Partial<Change<Terms>>, by?: Partial<Origin>): Promise<unknown> => {
  const call = async () => {
    throw thrown
  }
  return await record(call, more, by).catch((error: unknown) => error)
}
const refusal = (outcome: Outcome) => new Refusal('rate_limited', 'Slower.', { outcome, stripeRequestId: 'req_no' })
const events = async () => {
  await journal.flush()
  return await database.selectFrom('events').selectAll().orderBy('seq').execute()
}

test('a change is journaled whole before Stripe is asked, and its end after', async () => {
  const asked: unknown[] = []
  await record(async (...sent) => {
    asked.push(sent, (await events()).length)
    return made
  })
  expect(asked).toEqual([[stripeKey, change.terms], 1])
  const whose = { agency_id: 'ag_1', account_id: 'acct_1', key_id: 'key_1', actor: 'api_key' }
  const [start, end] = await events()
  expect(start).toMatchObject({
    ...whose,
    type: 'coupon.create.started',
    change_id: expect.stringMatching(/^chg_/),
    request_id: 'req_1',
    idempotency_key: 'order-1',
    key_source: 'caller',
    request_digest: expect.stringMatching(/^[0-9a-f]{32}$/),
    object_id: null,
    terms: '{"name":"Ten"}',
    terms_digest: null,
  })
  // Its start says whose it is.
  expect(end).toMatchObject({
    actor: 'api_key',
    type: 'coupon.create.ended',
    change_id: start?.change_id,
    outcome: 'applied',
    object_id: 'TEN',
    stripe_request_id: 'req_stripe',
  })
})

test('a change that Stripe keeps no key for has none in the journal, and two of them are two calls', async () => {
  const keyless = { idempotencyKey: null, keySource: null }
  const keys: string[] = []
  const call: Call = async (key) => {
    keys.push(key)
    return made
  }
  const changes = createChanges(journal)
  await Promise.all([1, 2].map(() => changes.record(account, { ...origin, ...keyless }, change, call)))
  expect(keys).toEqual(['', ''])
  const starts = (await events()).filter(({ type }) => type.endsWith('.started'))
  expect(starts).toMatchObject([1, 2].map(() => ({ idempotency_key: null, stripe_key: null, request_digest: null })))
})

test('terms of up to 1,024 bytes are kept, and beyond that their digest', async () => {
  const longest = { name: 'é'.repeat(506) + 'x' }
  expect(Buffer.byteLength(JSON.stringify(longest))).toBe(1_024)
  const longer = { name: `${longest.name}x` }
  await record(async () => made, { terms: longest })
  await record(async () => made, { terms: longer }, { idempotencyKey: 'order-2' })
  const starts = (await events()).filter(({ type }) => type.endsWith('.started'))
  const digest = createHash('sha256').update(JSON.stringify(longer)).digest('hex')
  expect(starts).toMatchObject([
    { terms: JSON.stringify(longest), terms_digest: null },
    { terms: null, terms_digest: digest },
  ])
})

test('equal changes at once share a call; those of other terms or another object do not', async () => {
  const changes = createChanges(journal)
  const held = Promise.withResolvers<typeof made>()
  let calls = 0
  const call = () => {
    calls += 1
    return held.promise
  }
  const others = [{}, {}, { terms: { name: 'Other' } }, { objectId: 'OTHER' }]
  const all = Promise.all(others.map((other) => changes.record(account, origin, { ...change, ...other }, call)))
  await expect.poll(() => calls).toBe(3)
  held.resolve(made)
  expect((await all).map(({ replayed }) => replayed)).toEqual([false, true, false, false])
})

describe('an answer that Stripe repeats', () => {
  test('is a replay', async () => {
    expect(await succeed({ replayed: true })).toMatchObject({ replayed: true })
    expect(await events()).toMatchObject([{}, { outcome: 'replayed' }])
  })

  test('is none where this request itself may have made it and no earlier one is known', async () => {
    expect(await succeed({ replayed: true, hasAmbiguousAttempt: true })).toMatchObject({ replayed: false })
    expect(await events()).toMatchObject([{}, { outcome: 'applied' }])
  })

  test('is none where nobody can tell whether there was an earlier one', async () => {
    const answer = await record(async () => {
      await database.schema.alterTable('events').renameTo('away').execute()
      return { ...made, replayed: true, hasAmbiguousAttempt: true }
    })
    expect(answer).toMatchObject({ replayed: false })
    await database.schema.alterTable('away').renameTo('events').execute()
  })

  test.each([
    ['one', 'may have', 'unknown', true],
    ['none', 'is known not to have', 'not_applied', false],
  ] as const)('is %s where this request may have made it and an earlier one %s', async (_, _did, outcome, replayed) => {
    await fail(refusal(outcome))
    await journal.flush()
    expect(await succeed({ replayed: true, hasAmbiguousAttempt: true })).toMatchObject({ replayed })
    expect((await events()).at(-1)).toMatchObject({ outcome: replayed ? 'replayed' : 'applied' })
  })
})

describe('a refusal', () => {
  test('ends the change in the journal with its code, its sentence and Stripe’s id', async () => {
    const thrown = refusal('unknown')
    expect(await fail(thrown)).toBe(thrown)
    const [, end] = await events()
    expect(end).toMatchObject({ outcome: 'unknown', code: 'rate_limited', message: 'Slower.' })
    expect(end).toMatchObject({ stripe_request_id: 'req_no', object_id: null })
  })

  test('of which the sentence is long is kept short, without half a character', async () => {
    await fail(new Refusal('invalid_request', `${'x'.repeat(299)}😀`))
    expect((await events())[1]?.message).toBe(`${'x'.repeat(299)}\uFFFD`)
  })

  test('that speaks of an earlier request ends its own change as not applied', async () => {
    const thrown = refusal('applied')
    expect(await fail(thrown)).toBe(thrown)
    expect(await events()).toMatchObject([{}, { outcome: 'not_applied' }])
  })

  test.each<[Outcome, (earlier: Outcome) => Promise<unknown>]>([
    ['applied', () => succeed()],
    ['unknown', (outcome) => fail(refusal(outcome))],
    ['not_applied', (outcome) => fail(refusal(outcome))],
  ])('that changed nothing says %s where an earlier request was', async (outcome, earlier) => {
    await earlier(outcome)
    await journal.flush()
    expect(await fail(refusal('not_applied'))).toMatchObject({ outcome })
  })

  test('that leaves the change unknown stays as it is, whatever an earlier request did', async () => {
    await succeed()
    await journal.flush()
    const thrown = refusal('unknown')
    expect(await fail(thrown)).toBe(thrown)
  })

  test.each<[string, Partial<Change<Terms>>, Partial<Origin>]>([
    ['other fields', { fields: { a: 2 } }, {}],
    ['another object', { objectId: 'OTHER' }, {}],
    ['a key that this server generated', {}, { keySource: 'generated' }],
  ])('does not speak of earlier requests with %s', async (_, more, by) => {
    await succeed()
    await journal.flush()
    expect(await fail(refusal('not_applied'), more, by)).toMatchObject({ outcome: 'not_applied' })
  })

  test('leaves the change unknown where the journal cannot be read', async () => {
    const answer = await record(async () => {
      await database.schema.alterTable('events').renameTo('away').execute()
      throw refusal('not_applied')
    }).catch((error: unknown) => error)
    expect(answer).toMatchObject({ code: 'rate_limited', outcome: 'unknown' })
    await database.schema.alterTable('away').renameTo('events').execute()
  })
})

test('whatever else is thrown leaves the change unknown', async () => {
  const bug = new Error('A bug.')
  expect(await fail(bug)).toBe(bug)
  expect(await events()).toMatchObject([{}, { outcome: 'unknown', code: 'internal', message: null }])
})

test('where the start cannot be journaled Stripe is not asked, and nobody knows of an earlier request with the key', async () => {
  await database.schema.alterTable('events').renameTo('away').execute()
  let calls = 0
  const refused = record(async () => {
    calls += 1
    return made
  })
  await expect(refused).rejects.toMatchObject({ code: 'unavailable', outcome: 'unknown' })
  expect(calls).toBe(0)
})

describe('where Stripe says that the key was used with other parameters', () => {
  const mismatch = new Refusal('idempotency_mismatch', 'Other parameters.')
  /** A Stripe that knows these terms under the key. */
  const knows =
    (first: Terms): Call =>
    async (_, terms) => {
      if (terms.name !== first.name) throw mismatch
      return { ...made, replayed: true }
    }

  test('the terms of the earlier same request are sent again', async () => {
    await record(knows({ name: 'Before' }), { terms: { name: 'Before' } })
    await journal.flush()
    expect(await record(knows({ name: 'Before' }))).toMatchObject({ replayed: true })
  })

  test('the first terms that are kept whole are sent again', async () => {
    await record(async () => made, { terms: { name: 'x'.repeat(2_000) } })
    await record(knows({ name: 'Before' }), { terms: { name: 'Before' } })
    await journal.flush()
    expect(await record(knows({ name: 'Before' }))).toMatchObject({ replayed: true })
  })

  test('and none is kept whole, it stays refused', async () => {
    const long = { name: 'x'.repeat(2_000) }
    await record(knows(long), { terms: long })
    await journal.flush()
    await expect(record(knows(long))).rejects.toMatchObject({ code: 'idempotency_mismatch' })
  })

  test('and the journal cannot be read, it stays refused', async () => {
    const refused = record(async () => {
      await database.schema.alterTable('events').renameTo('away').execute()
      throw mismatch
    })
    await expect(refused).rejects.toMatchObject({ code: 'idempotency_mismatch' })
    await database.schema.alterTable('away').renameTo('events').execute()
  })

  test('and there was none, it stays refused', async () => {
    await expect(record(knows({ name: 'Other' }))).rejects.toBe(mismatch)
  })

  test('another refusal is not asked again', async () => {
    await succeed()
    await journal.flush()
    let calls = 0
    const refused = record(() => {
      calls += 1
      return Promise.reject(refusal('unknown'))
    })
    await expect(refused).rejects.toMatchObject({ code: 'rate_limited' })
    expect(calls).toBe(1)
  })
})
