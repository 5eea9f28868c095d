import { onTestFinished } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { newFolder } from './process.ts'
import { type DatabaseKind, newDatabase } from './server.ts'

/** A database of the test's own without tables, dropped when the test ends. */
export async function openEmptyDatabase(kind: DatabaseKind) {
  const { location, drop } = await newDatabase(kind, newFolder())
  const database = openDatabase(location)
  onTestFinished(async () => {
    await database.destroy()
    await drop()
  })
  return database
}
