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
import {
  couponsOf,
  databases,
  expectRefusal,
  newDatabase,
  startTestServer,
  type TestServer,
} from '../support/server.ts'
import { openStub, succeed } from '../support/stripe-stub.ts'

const openServer = async () => {
  const stub = await openStub(succeed)
  const server = await startTestServer({ stripe: stub.origin })
  onTestFinished(async () => {
    await server.close()
    await stub.close()
  })
  return { stub, server }
}

const createCoupon = (server: TestServer) =>
  server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } })

/** Writes are refused before Stripe is asked, and /readyz says that the server cannot serve. */
const expectNoWrites = async (server: TestServer, seen: unknown[]) => {
  expectRefusal(await createCoupon(server), 503, 'unavailable', { outcome: 'not_applied', retryable: true })
  expect(seen).toHaveLength(0)
  expectRefusal(await server.call('/readyz'), 503, 'unavailable')
  expect((await server.call('/healthz')).status).toBe(200)
}

describe('an SQLite file under a running server', () => {
  test('that is deleted takes no more writes', async () => {
    const { stub, server } = await openServer()
    rmSync(server.location)
    await expectNoWrites(server, stub.seen)
  })

  test('that is replaced by a copy takes no more writes until it is back', async () => {
    const { stub, server } = await openServer()
    renameSync(server.location, `${server.location}.away`)
    copyFileSync(`${server.location}.away`, server.location)
    await expectNoWrites(server, stub.seen)
    renameSync(`${server.location}.away`, server.location)
    expect((await createCoupon(server)).status).toBe(201)
  })

  test('whose write-ahead log is deleted takes no more writes: no other process would see them', async () => {
    const { stub, server } = await openServer()
    rmSync(`${server.location}-wal`)
    await expectNoWrites(server, stub.seen)
  })

  test('that is overwritten takes no more writes', async () => {
    const { stub, server } = await openServer()
    // Left open: closing it would drop the locks that SQLite has in this process.
    writeSync(openSync(server.location, 'r+'), 'This is no database.', 0)
    await expectNoWrites(server, stub.seen)
  })

  test('that turns read-only takes no more writes', async () => {
    const { stub, server } = await openServer()
    await sql`pragma query_only = on`.execute(server.database)
    await expectNoWrites(server, stub.seen)
  })
})

describe('a full disk', () => {
  test('refuses writes, and /readyz says so', async () => {
    const stub = await openStub(succeed)
    onTestFinished(() => stub.close())
    const folder = newFolder()
    const { key, coupons } = await prepare(join(folder, 'chatdash.db'))
    const environment = { DATA_DIR: folder, STRIPE_SECRET_KEY: 'sk_test_full', STRIPE_API_BASE: stub.origin }
    const { url } = await serve(environment, 1_000)
    const create = async () => {
      const headers = { authorization: key, 'content-type': 'application/json' }
      const response = await fetch(url + coupons, { method: 'POST', headers, body: '{"data":{"percent_off":10}}' })
      return { status: response.status, body: (await response.json()) as object }
    }
    let answer = await create()
    for (let tries = 0; answer.status === 201 && tries < 1_000; tries += 1) answer = await create()
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', outcome: 'not_applied' } })
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { interval: 300 }).toBe(503)
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

  test('writes at most once a second, whoever asks', async () => {
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
