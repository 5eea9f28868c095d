import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Kysely, sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { migrate, pendingMigrations } from '../../src/database/migrate.ts'
import { PooledAdapter } from '../../src/database/postgres.ts'
import type { Timeouts } from '../../src/database/timeouts.ts'
import { newDatabase, noTimeouts } from '../support/server.ts'
import { openProxy } from '../support/tcp-proxy.ts'

const url = process.env['TEST_DATABASE_URL']

const databaseModule = new URL('../../src/database/database.ts', import.meta.url).href

const needed = '(skipped where TEST_DATABASE_URL names none)'

/** A database of the test's own, straight and through a proxy. */
const open = async (timeouts: Partial<Timeouts> = {}) => {
  const { location, drop } = await newDatabase('postgres', '')
  const target = new URL(location)
  const name = `test_${randomUUID()}`
  target.searchParams.set('application_name', name)
  const proxy = await openProxy(target)
  const told: Error[] = []
  const straight = openDatabase(location)
  const proxied = openDatabase(proxy.url, (error) => told.push(error), timeouts)
  onTestFinished(async () => {
    proxy.close()
    await proxied.destroy()
    await straight.destroy()
    await drop()
  })
  /** What the proxied connections have been doing for so long. */
  const runningFor = async (interval: string) => {
    const { rows } = await sql<{ query: string }>`
      select query from pg_stat_activity
      where application_name = ${name} and state = 'active' and now() - query_start > ${interval}::interval`.execute(
      straight,
    )
    return rows.map(({ query }) => query).join('\n')
  }
  return { location, proxy, told, straight, proxied, runningFor }
}

const addAgency = (database: Database, id: string) =>
  database.insertInto('agencies').values({ id, name: id, created_at: 0 }).execute()

const agencies = async (database: Database) => {
  const rows = await database.selectFrom('agencies').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}

describe.skipIf(url === undefined)(`migrations on PostgreSQL ${needed}`, () => {
  test('run once each, where several processes start together on a new database', async () => {
    const { location } = await open()
    const databases = Array.from({ length: 5 }, () => openDatabase(location))
    await Promise.all(databases.map(migrate))
    for (const database of databases) {
      expect(await pendingMigrations(database)).toEqual([])
      await database.destroy()
    }
  })

  test('read no other schema, which may be dropped meanwhile', async () => {
    const [own, other] = [await open(), await open()]
    await migrate(own.straight)
    await migrate(other.straight)
    const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(own.straight)
    const tables = await own.straight.introspection.getTables({ withInternalKyselyTables: true })
    expect(tables.map(({ name }) => name)).toContain('kysely_migration')
    expect(new Set(tables.map(({ schema }) => schema))).toEqual(new Set(rows.map(({ schema }) => schema)))
  })

  test('are not cut by the timeouts of everything else', async () => {
    const { location, straight, proxied, runningFor } = await open({ statementMs: 100, lockMs: 100, answerMs: 200 })
    // Other tests' migrations may have the lock first, for as long as they need.
    const unlimited = openDatabase(location, undefined, noTimeouts)
    onTestFinished(() => unlimited.destroy())
    await unlimited.connection().execute(async (other) => {
      // The lock under which Kysely's migrations take turns: another process seems to be at a long one.
      await sql`select pg_advisory_lock(3853314791062309107)`.execute(other)
      const migrated = migrate(proxied)
      await expect.poll(() => runningFor('1 second')).toContain('pg_advisory_lock')
      await sql`select pg_advisory_unlock(3853314791062309107)`.execute(other)
      await migrated
    })
    expect(await pendingMigrations(straight)).toEqual([])
  })
})

describe.skipIf(url === undefined)(`a connection for migrations ${needed}`, () => {
  test('gives statements all the time they need, and ends the transaction of a process that is gone', async () => {
    const { proxied } = await open({ idleInTransactionMs: 1_234 })
    const { adapter } = proxied.getExecutor()
    const unlimited = new Kysely({
      dialect: adapter instanceof PooledAdapter ? adapter.withoutTimeouts() : expect.fail(),
    })
    onTestFinished(() => unlimited.destroy())
    const { rows } = await sql`
      select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle`.execute(unlimited)
    expect(rows).toEqual([{ statement: '0', lock: '0', idle: '1234ms' }])
  })
})

describe.skipIf(url === undefined)(`a PostgreSQL connection ${needed}`, () => {
  test('that is cut fails its query and is logged, and the process goes on', async () => {
    const { proxy, told, proxied, runningFor } = await open()
    const running = sql`select pg_sleep(2)`.execute(proxied)
    const failed = running.catch((error: unknown) => error)
    await expect.poll(() => runningFor('0')).toContain('pg_sleep')
    proxy.cut()
    expect(await failed).toBeInstanceOf(Error)
    expect(told.length).toBeGreaterThan(0)
    // The pool replaces what broke.
    expect((await sql`select 1 as one`.execute(proxied)).rows).toEqual([{ one: 1 }])
  })

  test('has time limits of the server’s own', async () => {
    const { proxied } = await open()
    const { rows } = await sql`
      select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle`.execute(proxied)
    expect(rows).toEqual([{ statement: '3s', lock: '2s', idle: '10s' }])
  })

  test('that died with all others in a failover costs one timeout, and then new ones are used', async () => {
    const { proxy, told, straight, proxied } = await open()
    await migrate(straight)
    await Promise.all(Array.from({ length: 5 }, () => sql`select pg_sleep(0.1)`.execute(proxied)))
    expect(proxy.count()).toBe(5)
    proxy.kill()
    await expect(addAgency(proxied, 'ag_lost')).rejects.toThrow('did not answer in time')
    await addAgency(proxied, 'ag_new')
    expect(await agencies(straight)).toEqual(['ag_new'])
    expect(told.map(({ message }) => message)).toEqual(['PostgreSQL did not answer in time.'])
  })

  test('whose begin was answered too late is not used again: the next write is committed', async () => {
    const { proxy, straight, proxied } = await open()
    await migrate(straight)
    await agencies(proxied)
    proxy.holdAnswers()
    const transaction = proxied.transaction().execute((within) => within.selectFrom('agencies').selectAll().execute())
    await expect(transaction).rejects.toThrow('did not answer in time')
    proxy.release()
    await addAgency(proxied, 'ag_kept')
    expect(await agencies(straight)).toEqual(['ag_kept'])
  })

  test('that is dead does not keep a process alive that has closed its database', async () => {
    const { proxy } = await open()
    const program = `
      const { openDatabase, checkDatabase } = await import(${JSON.stringify(databaseModule)})
      const database = openDatabase(${JSON.stringify(proxy.url)})
      await checkDatabase(database)
      process.stdout.write('open')
      process.stdin.once('data', async () => {
        process.stdin.destroy()
        await database.destroy()
      })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    proxy.kill()
    child.stdin.end('close')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
