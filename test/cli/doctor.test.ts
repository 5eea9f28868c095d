import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { runHere } from '../support/command.ts'
import { newFolder } from '../support/process.ts'

/** A database with one agency, and `doctor` on it. */
async function open() {
  const folder = newFolder()
  await runHere(['agency', 'create', 'Acme'], { DATA_DIR: folder })
  const file = join(folder, 'chatdash.db')
  // As the program's own umask makes them.
  for (const name of ['chatdash.db', 'sandbox.db']) chmodSync(join(folder, name), 0o600)
  const doctor = async () => {
    const { code, out } = await runHere(['doctor', '--json'], { DATA_DIR: folder })
    const checks: { name: string; ok: boolean; found: string; remedy?: string }[] = JSON.parse(out)
    return {
      code,
      failed: checks.filter(({ ok }) => !ok),
      found: Object.fromEntries(checks.map((check) => [check.name, check.found])),
    }
  }
  const write = async (statement: string) => {
    const database = openDatabase(file)
    onTestFinished(() => database.destroy())
    await sql.raw(statement).execute(database)
    await database.destroy()
  }
  return { folder, file, doctor, write }
}

test('doctor shows the newest migration, the free disk, the seals and what is pending', async () => {
  const { folder, doctor } = await open()
  await runHere(['key', 'create', '--agency', 'Acme', '--name', 'n8n'], { DATA_DIR: folder })
  const before = await doctor()
  expect(before).toMatchObject({ code: 0, failed: [] })
  expect(before.found).toMatchObject({
    database: expect.stringMatching(/up to date with \d{4}-/),
    disk: expect.stringMatching(/^\d+ MB free/),
    seals: 'none yet; 2 events are not sealed yet',
    'pending changes': '0 changes wait for their outcome to be settled',
  })
  await runHere(['journal', 'seal'], { DATA_DIR: folder })
  expect((await doctor()).found['seals']).toMatch(/^the newest is 1, of 2\S+Z; 0 events/)
})

test('doctor says that the key for seals cannot be read, for which the server would not start', async () => {
  const { folder } = await open()
  const missing = join(folder, 'seal.pem')
  const { code, out } = await runHere(['doctor'], { DATA_DIR: folder, JOURNAL_SEAL_KEY: missing })
  expect(code).toBe(1)
  expect(out).toMatch(/^FAIL +seal key: ENOENT/m)
})

test('a command that needs no configuration says what is wrong, and not that the configuration is', async () => {
  const { code, err } = await runHere(['journal', 'verify', '--export', '/nowhere/journal.jsonl'], { PORT: 'abc' })
  expect(code).toBe(1)
  expect(err).toContain('/nowhere/journal.jsonl')
  expect(err).not.toContain('PORT')
})

test('doctor names files that other users can read, and its remedy works', async () => {
  const { file, doctor } = await open()
  chmodSync(file, 0o644)
  const { code, failed } = await doctor()
  expect({ code, failed }).toMatchObject({ code: 1, failed: [{ name: 'data directory', remedy: `chmod 600 ${file}` }] })
  chmodSync(file, 0o600)
  expect((await doctor()).code).toBe(0)
})

test('doctor names changes whose outcome nobody has settled, once a server would have', async () => {
  const { doctor, write } = await open()
  const start = (id: string, at: number) =>
    write(`insert into events (id, at, mode, actor, type, change_id)
      values ('evt_${id}', ${at}, 'sandbox', 'worker', 'coupon.create.started', 'chg_${id}')`)
  await start('running', Date.now())
  expect((await doctor()).code).toBe(0)
  await start('lost', Date.now() - 20 * 60_000)
  expect((await doctor()).failed).toEqual([
    {
      name: 'pending changes',
      ok: false,
      found: expect.stringMatching(/^1 changes/),
      remedy: expect.stringContaining('chatdash journal settle'),
    },
  ])
})

test('doctor and every command refuse a database of a newer release in a sentence', async () => {
  const { folder, doctor, write } = await open()
  await write("insert into kysely_migration values ('9999-later', '2030-01-01')")
  expect((await doctor()).failed).toMatchObject([{ name: 'database', found: 'is of a newer release' }])
  const refused = await runHere(['agency', 'list'], { DATA_DIR: folder })
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Run the newer release, or restore a backup') })
})
