import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { migrate, pendingMigrations } from '../../src/database/migrate.ts'
import { waitForDatabase } from '../../src/database/wait.ts'
import { cli, newFolder } from '../support/process.ts'
import { holdLock } from '../support/sqlite-lock.ts'

const postgresUrl = process.env['TEST_DATABASE_URL']

/** Waits for the database at the location on a clock that stands still but for the delays. */
const start = async (location: string, onPause: () => Promise<void> = async () => {}) => {
  const database = openDatabase(location, undefined, { lockMs: 100 })
  onTestFinished(() => database.destroy())
  const delays: number[] = []
  const reasons: string[] = []
  let now = 0
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms
      delays.push(ms)
      await onPause()
    },
  }
  const opened = waitForDatabase(
    () => migrate(database),
    (error) => reasons.push(error.message),
    clock,
  )
  const failure = await opened.then(
    () => undefined,
    (error: Error) => error,
  )
  return { database, delays, reasons, failure }
}

describe('at its start, a process whose database', () => {
  test('is locked goes on once it is not', async () => {
    const file = join(newFolder(), 'new.db')
    const lock = await holdLock(file)
    const { database, reasons, failure } = await start(file, () => lock.release())
    expect(failure).toBe(undefined)
    expect(reasons[0]).toBe('database is locked')
    expect(await pendingMigrations(database)).toEqual([])
  })

  test('is down tries again and again for a minute, ever more slowly, and then says why it ends', async () => {
    const { delays, reasons, failure } = await start('postgres://127.0.0.1:1/none')
    expect(failure?.message).toBe('The database did not answer within a minute: connect ECONNREFUSED 127.0.0.1:1')
    expect(delays.slice(0, 7)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
    expect(delays.reduce((sum, delay) => sum + delay)).toBeGreaterThan(55_000)
    expect(delays.reduce((sum, delay) => sum + delay)).toBeLessThanOrEqual(60_000)
    expect(reasons).toHaveLength(delays.length)
  })

  test('is no database fails at once', async () => {
    const file = join(newFolder(), 'text.db')
    writeFileSync(file, 'This is no database, however often it is opened. '.repeat(100))
    const { delays, failure } = await start(file)
    expect(delays).toEqual([])
    expect(failure?.cause).toMatchObject({ message: 'file is not a database' })
  })

  test.skipIf(postgresUrl === undefined)('refuses its user fails at once', async () => {
    const location = new URL(postgresUrl ?? '')
    location.username = 'nobody_of_this_name'
    const { delays, failure } = await start(location.href)
    expect(delays).toEqual([])
    expect(failure?.cause).toMatchObject({ code: '28000' })
  })

  test('is locked says so on standard error and in the log, and then serves', async () => {
    const folder = newFolder()
    const lock = await holdLock(join(folder, 'chatdash.db'))
    const environment = { PATH: process.env['PATH'] ?? '', PORT: '0', DATA_DIR: folder }
    const child = spawn(process.execPath, [cli, 'serve'], { env: environment })
    onTestFinished(() => void child.kill('SIGKILL'))
    let [out, err] = ['', '']
    child.stdout.on('data', (text: Buffer) => (out += text.toString()))
    child.stderr.on('data', (text: Buffer) => (err += text.toString()))
    await expect.poll(() => err).toContain('Waiting for the database: database is locked')
    await lock.release()
    await expect.poll(() => out).toContain('chatdash-server listens on')
    await expect.poll(() => out).toContain('"msg":"waiting for the database"')
    expect(err.match(/Waiting for/g)).toHaveLength(1)
  })
})
