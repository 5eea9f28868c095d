import type { Kysely } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('agencies').addColumn('archived_at', 'bigint').execute()
}
