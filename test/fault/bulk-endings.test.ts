import { describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import type { WireResponse } from '../../src/lib/wire.ts'
import { bulkCaller, type Code } from '../support/bulk.ts'
import { codeOf, createPast, errorWith, openBulk } from '../support/bulk-stripe.ts'
import { createManualClock } from '../support/clock.ts'
import { databases } from '../support/server.ts'

const unpaced = Infinity
const statusesOf = (codes: Code[]) => codes.map(({ status }) => status)

/** Lets so many creates through and holds the others until `release`. */
function createGate(passing: number) {
  const gate = Promise.withResolvers<void>()
  let begun = 0
  return {
    begun: () => begun,
    release: gate.resolve,
    pass: async () => {
      begun += 1
      if (begun > passing) await gate.promise
    },
  }
}

describe.each(databases)('the rest of a bulk job, on %s', (database) => {
  /** A job of 100 codes of which 3 are created and 16 more are being created, until `gate.release`. */
  const openHeld = async () => {
    const gate = createGate(3)
    const opened = await openBulk(database, async (_, answer) => {
      await gate.pass()
      return await answer()
    })
    const { id } = await opened.accepted({ count: 100 })
    const clock = createManualClock()
    opened.server.startBulkWorker(unpaced, { clock })
    await expect.poll(() => gate.begun()).toBe(19)
    await expect.poll(async () => (await opened.find(id)).succeeded).toBe(3)
    return { ...opened, id, clock, gate }
  }

  test('fails when its coupon is deleted, and each code says so', async () => {
    const { server, id, gate, finished } = await openHeld()
    await server.call(`${server.coupons}/TEN`, { method: 'DELETE' })
    gate.release()
    const { codes, succeeded, failed } = await finished(id)
    expect({ succeeded, failed }).toEqual({ succeeded: 3, failed: 97 })
    for (const code of codes.filter(({ status }) => status !== 'created')) {
      expect(code).toMatchObject({ error: expect.stringMatching(/^No such coupon: 'TEN'/), error_code: 'not_found' })
    }
    expect(gate.begun()).toBe(19)
  })

  test('is not made by a code that waits for its turn while the API key is revoked', async () => {
    const gate = createGate(0)
    const create = async (_: unknown, answer: () => Promise<WireResponse>) => {
      await gate.pass()
      return await answer()
    }
    const { server, accepted } = await openBulk(database, create, { queueLimits: { callsPerAccountMax: 1 } })
    const { id } = await accepted({ count: 2 })
    const clock = createManualClock()
    server.startBulkWorker(unpaced, { clock })
    const starts = server.database.selectFrom('events').select('id').where('type', 'like', '%bulk_create.started')
    await expect.poll(async () => (await starts.execute()).length).toBe(2)
    await server.revoke(server)
    clock.advance(1_000)
    gate.release()
    const again = bulkCaller(server, await server.openKey(server))
    const finishedAt = async () => {
      clock.advance(1_000)
      return (await again.find(id)).finished_at
    }
    await expect.poll(finishedAt).not.toBe(null)
    expect(await again.find(id)).toMatchObject({ succeeded: 1, failed: 1 })
    expect(gate.begun()).toBe(1)
    // Of a code that was never sent nobody has to look whether it exists.
    const error = 'The API key of this job was revoked or has expired, or its agency is archived.'
    expect(await again.codes(id)).toContainEqual(expect.objectContaining({ status: 'failed', error }))
  })

  test('fails within a second when its API key is revoked; what is in flight ends as it ends', async () => {
    const { server, id, gate, clock } = await openHeld()
    await server.revoke(server)
    clock.advance(1_000)
    gate.release()
    const { codes, succeeded, failed } = await bulkCaller(server, await server.openKey(server)).finished(id)
    expect({ succeeded, failed, begun: gate.begun() }).toEqual({ succeeded: 19, failed: 81, begun: 19 })
    for (const code of codes.slice(19)) {
      expect(code).toMatchObject({
        error: 'The API key of this job was revoked or has expired, or its agency is archived.',
        error_code: 'unauthenticated',
      })
    }
  })

  test('fails when its account is taken from the agency', async () => {
    const { server, id, gate, clock, finished } = await openHeld()
    const accounts = createAccounts(server.database, 'sandbox')
    await accounts.disconnect(server.accountId)
    clock.advance(1_000)
    gate.release()
    const unfinished = server.database.selectFrom('bulk_jobs').select('id').where('finished_at', 'is', null)
    await expect.poll(async () => await unfinished.execute()).toEqual([])
    await accounts.connect(server.agencyId, server.accountId)
    const { codes, succeeded } = await finished(id)
    expect({ succeeded, begun: gate.begun() }).toEqual({ succeeded: 19, begun: 19 })
    for (const code of codes.slice(19)) {
      expect(code).toMatchObject({ status: 'failed', error_code: 'account_not_found' })
    }
  })

  test('fails when its account leaves the platform', async () => {
    const { server, accepted, finished } = await openBulk(database, async () =>
      errorWith(403, { code: 'account_invalid' }),
    )
    const { id } = await accepted({ count: 50 })
    server.startBulkWorker(unpaced)
    const { codes } = await finished(id)
    for (const code of codes) expect(code).toMatchObject({ status: 'failed', error_code: 'account_disconnected' })
  })

  test.each([
    [
      'by the loss of the account, which proves nothing of the try before, is told to be possibly created',
      errorWith(403, { code: 'account_invalid' }),
      'This Stripe account no longer gives the platform access. Connect it again. ' +
        'Given up after 1 try; it may have been created: look it up.',
    ],
    [
      'by its parameters, for which Stripe would have repeated a success, is told not to be',
      errorWith(400, { type: 'invalid_request_error' }),
      'Refused.',
    ],
  ])('that was tried and is refused %s', async (_, refusal, error) => {
    let tries = 0
    const { server, accepted, finished } = await openBulk(database, async (_request, answer) => {
      tries += 1
      if (tries > 1) return refusal
      await answer()
      throw new Error('The answer was lost.')
    })
    const { id } = await accepted({ count: 1 })
    const clock = createManualClock()
    server.startBulkWorker(unpaced, { clock })
    await expect.poll(() => (clock.advance(100), tries)).toBe(2)
    expect((await finished(id)).codes).toMatchObject([{ status: 'failed', error }])
  })

  test('that was tried and waits to be tried again is told to be possibly created', async () => {
    const { server, accepted, find, finished, addCoupon } = await openBulk(database, async (request, answer) => {
      const response = await answer()
      if (codeOf(request) === 'LOST') throw new Error('The answer was lost.')
      return codeOf(request) === 'LAST'
        ? errorWith(404, { code: 'resource_missing', param: 'promotion[coupon]' })
        : response
    })
    await addCoupon('OTHER')
    const { id } = await accepted({ codes: ['LOST', ...Array.from({ length: 30 }, (_, i) => `C${i}`), 'LAST'] })
    server.startBulkWorker(unpaced, { clock: createManualClock() })
    await expect.poll(async () => (await find(id)).status).toBe('done')
    const [lost] = (await finished(id)).codes
    expect(lost).toMatchObject({
      status: 'failed',
      error: 'Refused. Given up after 1 try; it may have been created: look it up.',
    })
  })

  test('is canceled: what is in flight ends as it ends, and nothing else is begun', async () => {
    const { id, gate, clock, cancel, find, finished } = await openHeld()
    const canceled = (await cancel(id)).body
    expect(canceled).toMatchObject({ status: 'canceled', succeeded: 3, finished_at: null })
    expect(Number(canceled['canceled'])).toBeGreaterThan(70)
    clock.advance(1_000)
    gate.release()
    const done = await finished(id)
    expect(done).toMatchObject({ status: 'canceled', succeeded: 19, canceled: 81, failed: 0 })
    expect(new Set(statusesOf(done.codes.slice(0, 19)))).toEqual(new Set(['created']))
    expect(gate.begun()).toBe(19)
    expect((await cancel(id)).body).toEqual(await find(id))
  })

  test('is not sent once a cancel is answered, although it was begun', async () => {
    let sent = 0
    const { server, accepted, find, cancel, finished } = await openBulk(database, async (_, answer) => {
      sent += 1
      return await answer()
    })
    const { id } = await accepted({ count: 30 })
    const clock = createManualClock()
    server.startBulkWorker(20, { clock })
    // The first of the twenty that are begun in one commit; the second waits for the clock.
    await expect.poll(async () => (await find(id)).succeeded).toBe(1)
    expect((await cancel(id)).body).toMatchObject({ status: 'canceled', canceled: 10 })
    const finishedAt = async () => {
      clock.advance(10)
      return (await find(id)).finished_at
    }
    await expect.poll(finishedAt, { interval: 5 }).not.toBe(null)
    expect({ sent, ...(await finished(id)) }).toMatchObject({ sent: 1, succeeded: 1, canceled: 29 })
  })

  test('is canceled with the truth of what a killed process may have created', async () => {
    const { server, accepted, cancel, finished } = await openBulk(database)
    const { id } = await accepted({ codes: ['SENT', 'LOST', 'NEVER'] })
    const sent = await createPast(server, 'SENT', id)
    // What a process leaves that was killed with two calls in flight.
    await server.database.updateTable('bulk_codes').set({ attempts: 1 }).where('position', '<', 2).execute()
    expect((await cancel(id)).body).toMatchObject({ status: 'canceled', canceled: 1, finished_at: null })
    server.startBulkWorker(unpaced)
    const { codes } = await finished(id)
    expect(codes).toMatchObject([
      { status: 'created', promotion_code: sent },
      { status: 'canceled' },
      { status: 'canceled' },
    ])
  })
})
