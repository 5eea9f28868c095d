import type { Database } from '../../src/database/database.ts'
import { Migrator } from 'kysely/migration'
import * as start from '../../src/database/migrations/0001-start.ts'
import * as bulkCodes from '../../src/database/migrations/0002-bulk-codes.ts'

export const oldAccount = { id: 'acct_1', agency_id: 'ag_1', connected_at: 5 }

/** Makes the tables of the releases that kept no modes, with a demo agency, its demo key, another key and an account. */
export async function fillBeforeModes(database: Database, schema?: string): Promise<void> {
  const provider = { getMigrations: async () => ({ '0001-start': start, '0002-bulk-codes': bulkCodes }) }
  const migrator = new Migrator({
    db: database,
    provider,
    ...(schema !== undefined && { migrationTableSchema: schema }),
  })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
  await database.insertInto('agencies').values({ id: 'ag_1', name: 'Demo agency', created_at: 1 }).execute()
  const keys = ['demo', 'n8n'].map((name) => {
    return { id: `key_${name}`, agency_id: 'ag_1', name, hash: name, hint: '', created_at: 1 }
  })
  await database.insertInto('api_keys').values(keys).execute()
  await database
    .insertInto('accounts')
    .values(oldAccount as typeof oldAccount & { mode: 'live' })
    .execute()
}
