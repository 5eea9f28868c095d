import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { createLeases } from '../../src/jobs/leases.ts'
import { createManualClock } from './clock.ts'
import { type DatabaseKind, newDatabase } from './server.ts'

/** A database of the test's own, and processes on it that hold leases, each with a clock of its own. */
export async function openLeases(kind: DatabaseKind) {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-test-'))
  const { location, drop } = await newDatabase(kind, folder)
  const database = openDatabase(location)
  onTestFinished(async () => {
    await database.destroy()
    await drop()
    rmSync(folder, { recursive: true })
  })
  await migrate(database)
  const openProcess = () => {
    const clock = createManualClock()
    return { ...createLeases(database, clock), clock }
  }
  return { database, openProcess }
}
