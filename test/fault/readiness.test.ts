import { copyFileSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { createReadinessCheck } from '../../src/database/readiness.ts'
import { newFolder, serve } from '../support/process.ts'
import { couponsOf, databases, expectRefusal, newDatabase } from '../support/server.ts'
import { startServerOnStub } from '../support/server-on-stub.ts'
import { openStub, succeed } from '../support/stripe-stub.ts'

const openServer = async () => await startServerOnStub([succeed])
type Opened = Awaited<ReturnType<typeof openServer>>

/** Writes are refused before Stripe is asked, and /readyz says that the server cannot serve. */
const expectNoWrites = async ({ server, stub, create }: Opened) => {
  expectRefusal(await create(), 503, 'unavailable', { outcome: 'not_applied', retryable: true })
  expect(stub.seen).toHaveLength(0)
  expectRefusal(await server.call('/readyz'), 503, 'unavailable')
  expect((await server.call('/healthz')).status).toBe(200)
}

describe('an SQLite file under a running server', () => {
  test('that is deleted takes no more writes', async () => {
    const opened = await openServer()
    const { server } = opened
    rmSync(server.location)
    await expectNoWrites(opened)
  })

  test('that is replaced by a copy takes no more writes until it is back', async () => {
    const opened = await openServer()
    const { server } = opened
    renameSync(server.location, `${server.location}.away`)
    copyFileSync(`${server.location}.away`, server.location)
    await expectNoWrites(opened)
    renameSync(`${server.location}.away`, server.location)
    expect((await opened.create()).status).toBe(201)
  })

  test('whose write-ahead log is deleted takes no more writes: no other process would see them', async () => {
    const opened = await openServer()
    const { server } = opened
    rmSync(`${server.location}-wal`)
    await expectNoWrites(opened)
  })

  test('that is overwritten takes no more writes', async () => {
    const opened = await openServer()
    const { server } = opened
    // Left open: closing it would drop the locks that SQLite has in this process.
    writeSync(openSync(server.location, 'r+'), 'This is no database.', 0)
    await expectNoWrites(opened)
  })

  test('that turns read-only takes no more writes', async () => {
    const opened = await openServer()
    const { server } = opened
    await sql`pragma query_only = on`.execute(server.database)
    await expectNoWrites(opened)
  })
})

describe('a full disk', () => {
  test('refuses writes, and /readyz says so', async () => {
    const stub = await openStub(succeed)
    onTestFinished(() => stub.close())
    const folder = newFolder()
    const { key, coupons } = await prepare(join(folder, 'chatdash.db'))
    const environment = { DATA_DIR: folder, STRIPE_SECRET_KEY: 'sk_test_full', STRIPE_API_BASE: stub.origin }
    const { url } = await serve(environment, 700)
    const create = async () => {
      const headers = { authorization: key, 'content-type': 'application/json' }
      const response = await fetch(url + coupons, { method: 'POST', headers, body: '{"data":{"percent_off":10}}' })
      return { status: response.status, body: (await response.json()) as object }
    }
    // Until the database's own file is full too: before that, emptying the write-ahead log into it makes room.
    const fill = async () => {
      let answer = await create()
      while (answer.status === 201) answer = await create()
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', outcome: 'not_applied' } })
      return (await fetch(`${url}/readyz`)).status
    }
    await expect.poll(fill, { interval: 1_100 }).toBe(503)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })
})

/** A database with an agency, its key and its account. */
const prepare = async (location: string) => {
  const database = openDatabase(location)
  await migrate(database)
  const { id } = await createAgencies(database).createAgency('Test agency')
  const { secret: key } = await createApiKeys(database, 'test').createKey(id, 'test')
  await createAccounts(database, 'test').connect(id, 'acct_full')
  await database.destroy()
  return { key, coupons: couponsOf('acct_full') }
}

describe.each(databases)('the readiness check, on %s', (kind) => {
  const open = async () => {
    const { location, drop } = await newDatabase(kind, newFolder())
    const database = openDatabase(location)
    await migrate(database)
    onTestFinished(async () => {
      await database.destroy()
      await drop()
    })
    return { database, location }
  }

  test('writes at most once a second, for any number of probes', async () => {
    const { database } = await open()
    let now = 0
    const check = createReadinessCheck(database, () => now)
    const forget = () => database.updateTable('health').set({ checked_at: 0 }).execute()
    const hasWritten = async () => {
      const { checked_at: checkedAt } = await database.selectFrom('health').selectAll().executeTakeFirstOrThrow()
      return checkedAt > 0
    }
    await Promise.all([check(), check()])
    expect(await hasWritten()).toBe(true)
    await forget()
    now = 999
    await check()
    expect(await hasWritten()).toBe(false)
    now = 1_000
    await check()
    expect(await hasWritten()).toBe(true)
  })

  test('fails as long as the database cannot be written, though it is read', async () => {
    const { database } = await open()
    let now = 0
    const check = createReadinessCheck(database, () => (now += 1_000))
    await check()
    await database.schema.alterTable('health').renameTo('away').execute()
    await expect(check()).rejects.toThrow('health')
    await database.schema.alterTable('away').renameTo('health').execute()
    await check()
  })
})

describe.skipIf(!databases.includes('postgres'))('a PostgreSQL that only reads, as a standby does', () => {
  test('is not ready', async () => {
    const { location, drop } = await newDatabase('postgres', '')
    const target = new URL(location)
    const options = target.searchParams.get('options') ?? ''
    target.searchParams.set('options', `${options} -c default_transaction_read_only=on`)
    const [primary, standby] = [openDatabase(location), openDatabase(target.href)]
    onTestFinished(async () => {
      await standby.destroy()
      await primary.destroy()
      await drop()
    })
    await migrate(primary)
    await createReadinessCheck(primary)()
    await expect(createReadinessCheck(standby)()).rejects.toThrow('read-only transaction')
  })
})
