import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { sleep } from '../../src/lib/sleep.ts'

/** Holds up every write of the server to its database until the function that it returns is called. */
export async function lockWrites(location: string): Promise<() => Promise<void>> {
  if (location.startsWith('postgres')) return await lockTables(location)
  const database = new DatabaseSync(location, { timeout: 0 })
  for (;;) {
    try {
      database.exec('BEGIN IMMEDIATE')
      break
    } catch (error) {
      if (!String(error).includes('locked')) throw error
      await sleep(2)
    }
  }
  return async () => database.close()
}

async function lockTables(location: string): Promise<() => Promise<void>> {
  const client = new Client(location)
  await client.connect()
  await client.query('begin')
  await client.query('lock table events, bulk_jobs, bulk_codes in exclusive mode')
  return () => client.end()
}
