import { onTestFinished } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { newFolder } from './process.ts'
import { type DatabaseKind, newDatabase } from './new-database.ts'

/** A database of the test's own without tables, dropped when the test ends. */
export async function openEmptyDatabase(kind: DatabaseKind): Promise<Database> {
  const { location, drop } = await newDatabase(kind, newFolder())
  const database = openDatabase(location)
  onTestFinished(async () => {
    await database.destroy()
    await drop()
  })
  return database
}

/** A database of the test's own, with every table and nothing in it. */
export async function openTestDatabase(kind: DatabaseKind): Promise<Database> {
  const database = await openEmptyDatabase(kind)
  await migrate(database)
  return database
}
