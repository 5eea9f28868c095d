import type { Kysely } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database
  await schema
    .createTable('agencies')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('api_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('agency_id', 'text', (column) => column.notNull().references('agencies.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('hint', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute()
  await schema.createIndex('api_keys_agency').on('api_keys').column('agency_id').execute()
  await schema
    .createTable('accounts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('agency_id', 'text', (column) => column.notNull().references('agencies.id'))
    .addColumn('connected_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema.createIndex('accounts_agency').on('accounts').column('agency_id').execute()
  // The journal names agencies, keys and accounts without a foreign key: it must outlive them.
  await schema
    .createTable('changes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('agency_id', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('target', 'text')
    .addColumn('terms', 'text', (column) => column.notNull())
    .addColumn('idempotency_key', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .execute()
  await schema.createIndex('changes_account').on('changes').columns(['account_id', 'started_at']).execute()
  await schema
    .createTable('change_outcomes')
    .addColumn('change_id', 'text', (column) => column.primaryKey().references('changes.id'))
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('code', 'text')
    .addColumn('object_id', 'text')
    .addColumn('stripe_request_id', 'text')
    .addColumn('ended_at', 'bigint', (column) => column.notNull())
    .execute()
}
