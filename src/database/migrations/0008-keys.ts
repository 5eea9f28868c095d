import type { Kysely } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database
  await schema.alterTable('api_keys').addColumn('bounds', 'text').execute()
  await schema.alterTable('api_keys').addColumn('expires_at', 'bigint').execute()
  await schema
    .createTable('guards')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('idempotency_key', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema.createIndex('guards_started').on('guards').column('started_at').execute()
  await schema
    .createTable('freezes')
    .addColumn('target', 'text', (column) => column.primaryKey())
    .addColumn('frozen_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('daily_changes')
    .addColumn('key_id', 'text', (column) => column.notNull().references('api_keys.id'))
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('daily_changes_key_day', ['key_id', 'day'])
    .execute()
}
