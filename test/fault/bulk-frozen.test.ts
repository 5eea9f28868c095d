import { describe, expect, test } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { createFreezes } from '../../src/agencies/freezes.ts'
import { readBacklog } from '../../src/bulk-codes/backlog.ts'
import { bulkCaller } from '../support/bulk.ts'
import { openBulk } from '../support/bulk-stripe.ts'
import { createManualClock } from '../support/clock.ts'
import { callsOf, keyWith } from '../support/keys.ts'
import { databases } from '../support/server.ts'

describe.each(databases)('a bulk job, on %s', (database) => {
  /** A job of which the first code is being created until `release`, with a clock that stands. */
  const openHeld = async () => {
    const gate = Promise.withResolvers<void>()
    let begun = 0
    const opened = await openBulk(database, async (_, answer) => {
      begun += 1
      await gate.promise
      return await answer()
    })
    const { id } = await opened.accepted({ count: 60 })
    const clock = createManualClock()
    const stop = opened.server.startBulkWorker(Infinity, { clock })
    await expect.poll(() => begun).toBe(16)
    const statuses = async () => (await opened.codes(id)).map(({ status }) => status)
    const count = async (status: string) => (await statuses()).filter((other) => other === status).length
    return { ...opened, id, clock, stop, begun: () => begun, release: gate.resolve, count }
  }

  test('pauses within a second when its key is frozen, fails nothing, and goes on when that ends', async () => {
    const { server, id, clock, release, begun, count, stop, finished } = await openHeld()
    const freezes = createFreezes(server.database, 'sandbox')
    const target = { kind: 'api_key', id: server.keyId } as const
    await freezes.freeze(target)
    clock.advance(1_000)
    release()
    const leases = server.database.selectFrom('leases').select('holder').where('holder', 'is not', null)
    await expect.poll(async () => await leases.execute(), { timeout: 30_000 }).toEqual([])
    expect({ created: await count('created'), pending: await count('pending') }).toEqual({ created: 16, pending: 44 })
    expect(begun()).toBe(16)
    await stop()
    await freezes.unfreeze(target)
    server.startBulkWorker(Infinity)
    expect(await finished(id)).toMatchObject({ succeeded: 60, failed: 0 })
  })

  test.each(['the operator', 'its agency'])(
    'of another key goes on while one of the same account is frozen by %s',
    async (by) => {
      const opened = await openBulk(database, async (_, answer) => await answer())
      const { server } = opened
      const other = await keyWith(server, server)
      const frozen = await opened.accepted({ count: 3 })
      const free = await bulkCaller(server, other).accepted({ count: 3 })
      const target = { kind: 'api_key', id: server.keyId } as const
      if (by === 'the operator') await createFreezes(server.database, 'sandbox').freeze(target)
      else expect((await callsOf(server, other).freeze(server.keyId)).body['frozen_by']).toBe('agency')
      server.startBulkWorker(Infinity)
      expect(await opened.finished(free.id)).toMatchObject({ succeeded: 3 })
      expect(await opened.find(frozen.id)).toMatchObject({ succeeded: 0, failed: 0, finished_at: null })
      if (by === 'the operator') await createFreezes(server.database, 'sandbox').unfreeze(target)
      else expect((await callsOf(server, other).unfreeze(server.keyId)).status).toBe(200)
      expect(await opened.finished(frozen.id)).toMatchObject({ succeeded: 3 })
    },
  )

  test.each(['the operator', 'its agency'])(
    'of a key that was frozen by %s ends once the key is revoked',
    async (by) => {
      const opened = await openBulk(database, async (_, answer) => await answer())
      const { server } = opened
      const other = await keyWith(server, server)
      const { id } = await opened.accepted({ count: 3 })
      if (by === 'the operator') {
        await createFreezes(server.database, 'sandbox').freeze({ kind: 'api_key', id: server.keyId })
      } else expect((await callsOf(server, other).freeze(server.keyId)).status).toBe(200)
      const states = async () => (await readBacklog(server.database, 'sandbox')).map(({ state }) => state)
      expect(await states()).toEqual(['frozen'])
      expect((await callsOf(server, other).revoke(server.keyId)).status).toBe(200)
      expect(await states()).toEqual(['queued'])
      server.startBulkWorker(Infinity)
      const { codes, failed } = await bulkCaller(server, other).finished(id)
      expect(failed).toBe(3)
      for (const code of codes) expect(code).toMatchObject({ error_code: 'unauthenticated' })
    },
  )

  test('fails when its key loses the scope, and says so', async () => {
    const opened = await openBulk(database, async (_, answer) => await answer())
    const { server } = opened
    const { id } = await opened.accepted({ count: 3 })
    const bounds = { scopes: ['promotion_codes:read'] }
    const key = server.database.updateTable('api_keys').where('id', '=', server.keyId)
    await key.set({ bounds: JSON.stringify(bounds) }).execute()
    server.startBulkWorker(Infinity)
    const { codes, failed } = await opened.finished(id)
    expect(failed).toBe(3)
    for (const code of codes) expect(code).toMatchObject({ error_code: 'not_allowed' })
    expect((await createApiKeys(server.database, 'sandbox').findWorking(server.keyId))?.bounds).toEqual(bounds)
  })
})
