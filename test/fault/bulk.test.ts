import { describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { told } from '../support/bulk.ts'
import { codeOf, createPast, errorWith, openBulk } from '../support/bulk-stripe.ts'
import { createFastClock, createManualClock } from '../support/clock.ts'
import { databases, journalOf } from '../support/server.ts'

const broken = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
const unpaced = Infinity

describe.each(databases)('a bulk job, on %s', (database) => {
  /** Backoffs pass fast where only what comes after them matters. */
  const fast = () => ({ clock: createFastClock(50) })

  test('waits when Stripe limits the calls, and then goes on', async () => {
    let calls = 0
    const { server, accepted, finished, made } = await openBulk(database, async (_, answer) => {
      calls += 1
      return [5, 6, 30].includes(calls) ? errorWith(429, { code: 'rate_limit' }) : await answer()
    })
    const { id } = await accepted({ count: 60 })
    server.startBulkWorker(unpaced, fast())
    const done = await finished(id)
    expect(done).toMatchObject({ succeeded: 60, failed: 0 })
    expect(await made()).toEqual(told(done.codes))
    expect(calls).toBe(63)
  })

  test('asks nothing more for the account while Stripe limits it', async () => {
    let calls = 0
    let isLimited = true
    const { server, accepted, find, finished } = await openBulk(database, async (_, answer) => {
      calls += 1
      return isLimited ? errorWith(429, { code: 'rate_limit' }) : await answer()
    })
    const { id } = await accepted({ count: 60 })
    const clock = createManualClock()
    server.startBulkWorker(unpaced, { clock })
    const ended = async () => (await journalOf(server)).filter((row) => row.outcome !== null).length
    await expect.poll(async () => calls > 0 && (await ended()) === calls + 1).toBe(true)
    clock.advance(999)
    for (let time = 0; time < 20; time += 1) await find(id)
    // No more than were in flight when the first refusal came.
    expect(calls).toBeLessThanOrEqual(16)
    isLimited = false
    const done = async () => {
      clock.advance(500)
      return (await find(id)).status
    }
    await expect.poll(done).toBe('done')
    expect(await finished(id)).toMatchObject({ succeeded: 60 })
  })

  test('makes one code where the answer was lost', async () => {
    const lost = new Set<string>()
    const { server, accepted, finished, made } = await openBulk(database, async ({ headers }, answer) => {
      const response = await answer()
      const key = headers['idempotency-key'] ?? ''
      if (lost.has(key)) return response
      lost.add(key)
      throw broken()
    })
    const { id } = await accepted({ count: 10 })
    server.startBulkWorker(unpaced, fast())
    const done = await finished(id)
    expect(done).toMatchObject({ succeeded: 10, failed: 0 })
    expect(await made()).toEqual(told(done.codes))
  })

  test('gets over a 500 that Stripe keeps as the answer to its key, whether or not the code was made', async () => {
    const kept = new Map<string, boolean>()
    const { server, accepted, finished, made } = await openBulk(database, async ({ headers }, answer) => {
      const key = headers['idempotency-key'] ?? ''
      if (kept.size < 4 && !kept.has(key)) {
        kept.set(key, true)
        if (kept.size % 2 === 0) await answer()
      }
      return kept.has(key) ? errorWith(500, {}) : await answer()
    })
    const { id } = await accepted({ count: 10 })
    server.startBulkWorker(unpaced, fast())
    const done = await finished(id)
    expect(done).toMatchObject({ succeeded: 10, failed: 0 })
    expect(await made()).toEqual(told(done.codes))
  })

  test('does not believe that a key was used for another request: it looks the code up, or makes it with the next key', async () => {
    const refused = new Set<string>()
    const { server, accepted, finished, made } = await openBulk(database, async ({ headers }, answer) => {
      const key = headers['idempotency-key'] ?? ''
      if (refused.size === 2 && !refused.has(key)) return await answer()
      refused.add(key)
      return errorWith(400, { type: 'idempotency_error' })
    })
    const { id } = await accepted({ codes: ['MADE-BEFORE', 'NEW'] })
    const before = await createPast(server, 'MADE-BEFORE', id)
    server.startBulkWorker(unpaced, fast())
    const { codes } = await finished(id)
    expect(codes).toMatchObject([{ status: 'created', promotion_code: before }, { status: 'created' }])
    expect(await made()).toEqual(told(codes))
  })

  test('knows a code for its own that it made before a crash, when Stripe has forgotten the key, and no other', async () => {
    const { server, accepted, finished, made } = await openBulk(database)
    const { id } = await accepted({ codes: ['OWN', 'FOREIGN', 'NEW'] })
    const own = await createPast(server, 'OWN', id)
    await createPast(server, 'FOREIGN', 'bulk_of_somebody_else')
    server.startBulkWorker(unpaced)
    const { codes } = await finished(id)
    expect(codes).toMatchObject([
      { status: 'created', promotion_code: own },
      { status: 'failed', error_code: 'already_exists' },
      { status: 'created' },
    ])
    expect(await made()).toHaveLength(3)
  })

  test('is held up by no code that always fails, and gives that one up after so many tries', async () => {
    let triesOfBad = 0
    const { server, accepted, find, finished } = await openBulk(database, async (request, answer) => {
      if (codeOf(request) !== 'BAD') return await answer()
      triesOfBad += 1
      throw new Error('The answer was lost.')
    })
    const clock = createManualClock()
    const first = await accepted({ codes: ['A', 'BAD', 'C'] })
    const second = await accepted({ count: 30 })
    server.startBulkWorker(unpaced, { clock })
    // Not a second has passed: the bad code still waits for its second try.
    expect(await finished(second.id)).toMatchObject({ succeeded: 30 })
    await expect.poll(async () => (await find(first.id)).succeeded).toBe(2)
    expect(triesOfBad).toBe(1)

    const status = async () => {
      clock.advance(30_000)
      return (await find(first.id)).status
    }
    await expect.poll(status, { interval: 10 }).toBe('done')
    const { codes } = await finished(first.id)
    expect(codes[1]).toEqual({
      code: 'BAD',
      status: 'failed',
      promotion_code: null,
      error: 'Given up after 25 tries; it may have been created: look it up.',
      error_code: 'stripe_unavailable',
    })
    expect(triesOfBad).toBe(25)
  })

  test('waits for no slow call: the others go on behind it', async () => {
    const slow = Promise.withResolvers<void>()
    const { server, accepted, find, finished } = await openBulk(database, async (request, answer) => {
      if (codeOf(request) === 'SLOW') await slow.promise
      return await answer()
    })
    const others = Array.from({ length: 150 }, (_, index) => `C${index}`)
    const { id } = await accepted({ codes: ['SLOW', ...others] })
    server.startBulkWorker(unpaced)
    await expect.poll(async () => (await find(id)).succeeded).toBe(150)
    slow.resolve()
    expect(await finished(id)).toMatchObject({ succeeded: 151 })
  })

  test('is worked on by one process at a time, and so are all jobs of its account', async () => {
    let calls = 0
    let inFlight = 0
    let mostInFlight = 0
    const { server, accepted, finished, made } = await openBulk(database, async (_, answer) => {
      calls += 1
      inFlight += 1
      mostInFlight = Math.max(mostInFlight, inFlight)
      const response = await answer()
      inFlight -= 1
      return response
    })
    for (let workers = 0; workers < 3; workers += 1) server.startBulkWorker(1_000)
    const jobs = await Promise.all([accepted({ count: 100 }), accepted({ count: 100 }), accepted({ count: 100 })])
    const done = await Promise.all(jobs.map(({ id }) => finished(id)))
    expect(await made()).toEqual(told(done.flatMap(({ codes }) => codes)))
    const journaled = (await journalOf(server)).filter((row) => row.operation === 'promotion_code.bulk_create')
    expect({ calls, journaled: journaled.length }).toEqual({ calls: 300, journaled: 300 })
    expect(mostInFlight).toBeLessThanOrEqual(16)
  })

  test('goes on once the database is back', async () => {
    let creates = 0
    const { server, accepted, finished, made } = await openBulk(database, async (_, answer) => {
      creates += 1
      return await answer()
    })
    const { id } = await accepted({ count: 60 })
    server.startBulkWorker(500, fast())
    await expect.poll(() => creates).toBeGreaterThan(5)
    await server.database.schema.alterTable('bulk_codes').renameTo('away').execute()
    const interrupted = () => server.logged.some((line) => line.includes('was interrupted'))
    await expect.poll(interrupted).toBe(true)
    await server.database.schema.alterTable('away').renameTo('bulk_codes').execute()
    const done = await finished(id)
    expect(done).toMatchObject({ succeeded: 60, failed: 0 })
    expect(await made()).toEqual(told(done.codes))
  })

  test('of an account that was moved to another agency is told apart from that agency’s own', async () => {
    const { server, accepted, find, finished } = await openBulk(database)
    const { id } = await accepted({ count: 3 })
    const other = await server.openTenant()
    const accounts = createAccounts(server.database, 'sandbox')
    await accounts.disconnect(server.accountId)
    await accounts.connect(other.agencyId, server.accountId)
    server.startBulkWorker(unpaced)
    const unfinished = server.database.selectFrom('bulk_jobs').select('id').where('finished_at', 'is', null)
    await expect.poll(async () => await unfinished.execute()).toEqual([])
    await accounts.disconnect(server.accountId)
    await accounts.connect(server.agencyId, server.accountId)
    expect(await find(id)).toMatchObject({ status: 'done', succeeded: 0, failed: 3 })
    for (const code of (await finished(id)).codes) expect(code).toMatchObject({ error_code: 'account_not_found' })
  })
})
