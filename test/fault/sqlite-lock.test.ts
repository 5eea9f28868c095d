import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { newFolder } from '../support/process.ts'
import { expectRefusal, startTestServer } from '../support/server.ts'
import { holdLock } from '../support/sqlite-lock.ts'
import { startServerOnStub } from '../support/server-on-stub.ts'
import { succeed } from '../support/stripe-stub.ts'

describe('while another process holds the lock of the SQLite file', () => {
  test('reads are answered, and a write waits until the lock is released', async () => {
    const server = await startTestServer()
    onTestFinished(() => server.close())
    const lock = await holdLock(server.location)
    const order: string[] = []
    const created = server
      .call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } })
      .then(({ status }) => order.push(`created ${status}`))
    for (const path of ['/healthz', '/v1/public/stripe/connect/accounts', '/healthz']) {
      order.push(`read ${(await server.call(path)).status}`)
    }
    order.push('released')
    await lock.release()
    await created
    expect(order).toEqual(['read 200', 'read 200', 'read 200', 'released', 'created 201'])
  })

  test('and does not release it, writes are refused, Stripe is not asked and /readyz says so', async () => {
    const { stub, server, create } = await startServerOnStub([succeed])
    await holdLock(server.location)
    const [first, second, ready] = await Promise.all([create(), create(), server.call('/readyz')])
    for (const answer of [first, second]) expectRefusal(answer, 503, 'unavailable', { outcome: 'not_applied' })
    expectRefusal(ready, 503, 'unavailable')
    expect(stub.seen).toHaveLength(0)
  })

  test('everything that waits for it fails together, and what comes after its release succeeds', async () => {
    const file = `${newFolder()}/locked.db`
    const database = openDatabase(file, undefined, { lockMs: 300 })
    onTestFinished(() => database.destroy())
    await migrate(database)
    const add = (id: string) => database.insertInto('agencies').values({ id, name: '', created_at: 0 }).execute()
    const lock = await holdLock(file)
    const waiting = ['a', 'b', 'c'].map((id) => [
      add(id),
      database.transaction().execute((transaction) => transaction.deleteFrom('agencies').execute()),
    ])
    for (const result of await Promise.allSettled(waiting.flat())) {
      expect(result).toMatchObject({ status: 'rejected', reason: { errcode: 5, message: 'database is locked' } })
    }
    await lock.release()
    await add('d')
    expect(await database.selectFrom('agencies').select('id').execute()).toEqual([{ id: 'd' }])
  })
})
