import { execFileSync } from 'node:child_process'
import { openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { startThread } from '../../src/database/sqlite-thread.ts'
import { createWrites } from '../../src/database/sqlite-writes.ts'
import { newFolder } from '../support/process.ts'
import { holdLock } from '../support/sqlite-lock.ts'

const open = async (file = `${newFolder()}/test.db`) => {
  const database = openDatabase(file)
  onTestFinished(() => database.destroy())
  await migrate(database)
  return { database, file }
}

const add = (database: Database, id: string) =>
  database.insertInto('agencies').values({ id, name: '', created_at: 0 }).execute()

const agencies = async (database: Database) => {
  const rows = await database.selectFrom('agencies').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}

test('an overwritten file is not made to look whole by what is copied into it', () => {
  const path = `${newFolder()}/test.db`
  const work = createWrites()
  work({ kind: 'open', path, busyTimeoutMs: 0 })
  onTestFinished(() => void work({ kind: 'close' }))
  work({ kind: 'group', statements: [{ sql: 'create table t (id integer)', parameters: [] }] })
  expect(work({ kind: 'checkpoint' })).toEqual({ outcomes: [] })
  work({ kind: 'group', statements: [{ sql: 'create table u (id integer)', parameters: [] }] })
  // Left open: closing it would drop the locks that SQLite has in this process.
  writeSync(openSync(path, 'r+'), 'This is no database.', 0)
  expect(work({ kind: 'checkpoint' })).toMatchObject({ error: { message: expect.stringContaining('overwritten') } })
  expect(readFileSync(path, 'latin1')).toMatch(/^This is no database\./)
})

describe('statements that are written together', () => {
  test('share a commit', async () => {
    const { database, file } = await open()
    const frames = () => Math.floor(statSync(`${file}-wal`).size / 4_120)
    const before = frames()
    await Promise.all(Array.from({ length: 100 }, (_, index) => add(database, `ag_${index}`)))
    expect(await agencies(database)).toHaveLength(100)
    // A commit of its own would put the page of each into the write-ahead log once more.
    expect(frames() - before).toBeLessThan(20)
  })

  test('fail alone, with SQLite’s code', async () => {
    const { database } = await open()
    const [first, same, other] = await Promise.allSettled(['a', 'a', 'b'].map((id) => add(database, id)))
    expect([first?.status, other?.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(same).toMatchObject({
      status: 'rejected',
      reason: { message: 'UNIQUE constraint failed: agencies.id', code: 'ERR_SQLITE_ERROR', errcode: 1555 },
    })
    expect(await agencies(database)).toEqual(['a', 'b'])
  })

  test('are all refused if SQLite gives up the transaction, and the next ones succeed', async () => {
    const { database } = await open()
    await sql`create trigger give_up before insert on agencies when new.id = 'bad'
      begin select raise(rollback, 'given up'); end`.execute(database)
    const results = await Promise.allSettled(['a', 'bad', 'b'].map((id) => add(database, id)))
    expect(results.map((result) => result.status === 'rejected' && String(result.reason))).toEqual(
      Array.from({ length: 3 }, () => 'Error: given up'),
    )
    await add(database, 'c')
    expect(await agencies(database)).toEqual(['c'])
  })
})

describe('a transaction', () => {
  test('keeps others waiting, is read by them once it is committed and not at all if it fails', async () => {
    const { database } = await open()
    const order: string[] = []
    const begun = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const first = database.transaction().execute(async (transaction) => {
      await add(transaction, 'a')
      begun.resolve()
      await goOn.promise
      order.push('first')
    })
    await begun.promise
    const second = add(database, 'b').then(() => order.push('second'))
    const third = database.transaction().execute(async (transaction) => {
      order.push('third')
      await add(transaction, 'c')
      throw new Error('changed its mind')
    })
    const fourth = add(database, 'd').then(() => order.push('fourth'))
    expect(await agencies(database)).toEqual([])
    goOn.resolve()
    await expect(third).rejects.toThrow('changed its mind')
    await Promise.all([first, second, fourth])
    expect(order).toEqual(['first', 'second', 'third', 'fourth'])
    expect(await agencies(database)).toEqual(['a', 'b', 'd'])
  })

  test('whose file is deleted under it is refused at its commit, and so are those behind it', async () => {
    const { database, file } = await open()
    const waiting: Promise<unknown>[] = []
    const transaction = database.transaction().execute(async (within) => {
      await add(within, 'a')
      waiting.push(
        add(database, 'b'),
        database.transaction().execute((behind) => add(behind, 'c')),
      )
      rmSync(file)
    })
    await expect(transaction).rejects.toThrow('deleted or replaced')
    for (const { status } of await Promise.allSettled(waiting)) expect(status).toBe('rejected')
    expect(await agencies(database)).toEqual([])
  })

  test('that SQLite has rolled back writes nothing more', async () => {
    const { database } = await open()
    await sql`create trigger give_up before insert on agencies when new.id = 'bad'
      begin select raise(rollback, 'given up'); end`.execute(database)
    const transaction = database.transaction().execute(async (within) => {
      await add(within, 'bad').catch(() => {})
      await add(within, 'after')
    })
    await expect(transaction).rejects.toThrow('rolled the transaction back')
    expect(await agencies(database)).toEqual([])
  })
})

describe('the thread that writes', () => {
  test('refuses what waits for it when it dies, and all that comes later', async () => {
    const { file } = await open()
    await holdLock(file)
    const thread = startThread()
    await thread.ask({ kind: 'open', path: file, busyTimeoutMs: 500 })
    const waiting = thread.ask({ kind: 'begin' }).catch((error: unknown) => error)
    await thread.stop()
    expect(String(await waiting)).toBe('Error: The thread that writes the database has ended.')
    await expect(thread.ask({ kind: 'begin' })).rejects.toThrow('has ended')
  })

  test('lets the process end, but not before what it was asked to write', async () => {
    const file = `${newFolder()}/test.db`
    const module = (name: string) => JSON.stringify(new URL(`../../src/database/${name}.ts`, import.meta.url).href)
    const program = `
      const { openDatabase } = await import(${module('database')})
      const { migrate } = await import(${module('migrate')})
      const database = openDatabase(${JSON.stringify(file)})
      await migrate(database)
      await database.insertInto('agencies').values({ id: 'a', name: '', created_at: 0 }).execute()`
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit', timeout: 15_000 })
    const { database } = await open(file)
    expect(await agencies(database)).toEqual(['a'])
  })

  test('also serves a database in memory', async () => {
    const { database } = await open(':memory:')
    await add(database, 'a')
    expect(await agencies(database)).toEqual(['a'])
  })
})
