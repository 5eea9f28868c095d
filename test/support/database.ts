import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { type DatabaseKind, newDatabase } from './server.ts'

/** A database of the test's own, with every table and nothing in it. */
export async function openTestDatabase(kind: DatabaseKind): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-test-'))
  const { location, drop } = await newDatabase(kind, folder)
  const database = openDatabase(location)
  onTestFinished(async () => {
    await database.destroy()
    await drop()
    rmSync(folder, { recursive: true })
  })
  await migrate(database)
  return database
}
