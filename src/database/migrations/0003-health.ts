import type { Kysely } from 'kysely'

export async function up(database: Kysely<{ health: { id: number; checked_at: number } }>): Promise<void> {
  await database.schema
    .createTable('health')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('checked_at', 'bigint', (column) => column.notNull())
    .execute()
  await database.insertInto('health').values({ id: 1, checked_at: 0 }).execute()
}
