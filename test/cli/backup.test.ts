import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Kysely, sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { executedIn } from '../../src/database/backup.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { migrate, pendingMigrations } from '../../src/database/migrate.ts'
import * as start from '../../src/database/migrations/0001-start.ts'
import { runHere } from '../support/command.ts'
import { openTestDatabase } from '../support/database.ts'
import { newFolder } from '../support/process.ts'
import { databases } from '../support/server.ts'

async function open(file: string): Promise<Database> {
  const database = openDatabase(file)
  onTestFinished(() => database.destroy())
  await migrate(database)
  return database
}

/** The names of the agencies in a database's file, as any SQLite reads them. */
function agenciesIn(file: string) {
  const database = new DatabaseSync(file, { readOnly: true })
  const found = database.prepare('select name from agencies order by created_at, id').all()
  database.close()
  return found.map(({ name }) => name)
}

test('backup copies a database that is being written to, whole, and restore brings it back', async () => {
  const folder = newFolder()
  const environment = { DATA_DIR: folder }
  const [file, copy] = [join(folder, 'chatdash.db'), join(folder, 'backup')]
  await runHere(['agency', 'create', 'Before'], environment)
  const database = await open(file)
  const writing = Promise.all(Array.from({ length: 50 }, () => createAgencies(database).createAgency('Meanwhile')))
  const made = await runHere(['backup', copy], environment)
  await writing
  expect(made).toMatchObject({ code: 0, err: `The backup is in ${copy} and ${copy}.sandbox.\n` })
  expect(agenciesIn(copy)[0]).toBe('Before')
  expect(statSync(copy).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual(['backup', 'backup.sandbox'])
  const atBackup = agenciesIn(copy)

  // The copy needs no other file, and a server that runs is not replaced under its feet.
  expect(await runHere(['restore', copy], environment)).toMatchObject({
    code: 1,
    err: expect.stringContaining('Stop the server first'),
  })
  await createAgencies(database).createAgency('After')
  await database.destroy()
  const restored = await runHere(['restore', copy], environment)
  expect(restored.code).toBe(0)
  expect(agenciesIn(file)).toEqual(atBackup)
  expect((await runHere(['agency', 'list'], environment)).out).not.toContain('After')

  const [, kept = ''] = /What was there is (\S+chatdash\.db\S+)\.\n/.exec(restored.err) ?? []
  expect(agenciesIn(kept)).toContain('After')
})

test.each(['chatdash.db', 'sandbox.db'])('while %s is open, restore changes nothing', async (name) => {
  const folder = newFolder()
  const environment = { DATA_DIR: folder }
  await runHere(['agency', 'create', 'Acme'], environment)
  await runHere(['backup', join(folder, 'backup')], environment)
  const user = new DatabaseSync(join(folder, name))
  onTestFinished(() => user.close())
  user.exec('pragma journal_mode = wal; begin; select * from sqlite_schema')
  // Without the logs, which belong to whoever has the file open.
  const names = () => readdirSync(folder).filter((file) => !/-(wal|shm)$/.test(file))
  const files = () => names().map((file) => [file, statSync(join(folder, file)).ino])
  const before = files()
  expect(await runHere(['restore', join(folder, 'backup')], environment)).toMatchObject({
    code: 1,
    err: expect.stringContaining(`Another process has ${join(folder, name)} open.`),
  })
  expect(files()).toEqual(before)
})

test.each([
  ['a killed server left', (file: string) => file],
  ['is damaged', (file: string) => (writeFileSync(file, 'not a database'.repeat(500)), file)],
])('the log of a database that %s is not taken for that of the file that is restored', async (_, prepare) => {
  const folder = newFolder()
  const environment = { DATA_DIR: folder }
  const [file, copy] = [join(folder, 'chatdash.db'), join(folder, 'backup')]
  await runHere(['agency', 'create', 'Before'], environment)
  await runHere(['backup', copy], environment)
  const database = await open(file)
  await createAgencies(database).createAgency('After')
  // What a kill leaves: the file and its log.
  const crashed = newFolder()
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, join(crashed, `chatdash.db${suffix}`))
  prepare(join(crashed, 'chatdash.db'))
  expect((await runHere(['restore', copy], { DATA_DIR: crashed })).code).toBe(0)
  expect(agenciesIn(join(crashed, 'chatdash.db'))).toEqual(['Before'])
  // And the log alone, after somebody has removed the file.
  const removed = newFolder()
  copyFileSync(`${file}-wal`, join(removed, 'chatdash.db-wal'))
  expect((await runHere(['restore', copy], { DATA_DIR: removed })).code).toBe(0)
  expect(agenciesIn(join(removed, 'chatdash.db'))).toEqual(['Before'])
})

test.each([
  ['backup', [], {}, 2, 'Give the file to write.'],
  ['backup', ['new'], {}, 1, 'There is no database yet'],
  ['restore', ['missing'], {}, 1, 'There is no file'],
  ['restore', ['text'], {}, 1, 'is no backup of this server'],
  ['restore', ['empty.db'], {}, 1, 'is no backup of this server'],
  ['backup', ['new'], { DATABASE_URL: 'postgres://127.0.0.1/x', STRIPE_MODE: 'sandbox' }, 1, 'Use pg_dump'],
])('%s %j is refused and changes nothing', async (command, names, environment, code, text) => {
  const folder = newFolder()
  writeFileSync(join(folder, 'text'), 'not a database'.repeat(500))
  new DatabaseSync(join(folder, 'empty.db')).exec('create table t (x); drop table t')
  const paths = names.map((name) => join(folder, name))
  const result = await runHere([command, ...paths], { DATA_DIR: join(folder, 'data'), ...environment })
  expect(result).toMatchObject({ code, err: expect.stringContaining(text) })
  expect(readdirSync(folder).toSorted()).toEqual(['empty.db', 'text'])
})

test('backup writes over no file', async () => {
  const folder = newFolder()
  const file = join(folder, 'mine')
  writeFileSync(file, 'precious')
  await runHere(['agency', 'create', 'Acme'], { DATA_DIR: folder })
  expect((await runHere(['backup', file], { DATA_DIR: folder })).err).toBe(`${file} exists already. Name a new file.\n`)
  expect(readFileSync(file, 'utf8')).toBe('precious')
})

test('the file alone has the data: after a clean end at once, while it is written to after seconds', async () => {
  const folder = newFolder()
  const [file, copy] = [join(folder, 'chatdash.db'), join(folder, 'copy')]
  await runHere(['agency', 'create', 'Acme'], { DATA_DIR: folder })
  expect(existsSync(`${file}-wal`)).toBe(false)
  const database = await open(file)
  await createAgencies(database).createAgency('Other')
  const namesInCopy = () => {
    copyFileSync(file, copy)
    return agenciesIn(copy)
  }
  expect(namesInCopy()).toEqual(['Acme'])
  await expect.poll(namesInCopy).toEqual(['Acme', 'Other'])
})

test('before migrations run, an SQLite file is backed up beside itself', async () => {
  const file = join(newFolder(), 'chatdash.db')
  const database = openDatabase(file)
  onTestFinished(() => database.destroy())
  await start.up(database as unknown as Kysely<unknown>)
  await sql`insert into agencies (id, name, created_at) values ('ag_1', 'Acme', 1)`.execute(database)
  // As Kysely notes them down once they have run.
  await sql`create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)`.execute(
    database,
  )
  await sql`insert into kysely_migration values ('0001-start', '2026-01-01')`.execute(database)
  await migrate(database)
  expect(await pendingMigrations(database)).toEqual([])
  const backup = `${file}.before-0002-bulk-codes`
  expect(agenciesIn(backup)).toEqual(['Acme'])
  expect(executedIn(backup)).toEqual(['0001-start'])
})

describe.each(databases)('a database of a newer release, on %s,', (kind) => {
  test('is refused in a sentence, and left as it is', async () => {
    const database = await openTestDatabase(kind)
    await sql`insert into kysely_migration values ('9999-later', '2030-01-01')`.execute(database)
    await expect(migrate(database)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('does not know its migration 9999-later') },
    })
  })
})
