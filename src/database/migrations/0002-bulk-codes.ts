import type { Kysely } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database
  // Like the journal, a job names agency, key and account without a foreign key: it may outlive them.
  await schema
    .createTable('bulk_jobs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('agency_id', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('coupon_id', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('idempotency_key', 'text', (column) => column.notNull().unique())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('terms', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .execute()
  // Which accounts have work left, and the oldest of an account's.
  await schema
    .createIndex('bulk_jobs_unfinished')
    .on('bulk_jobs')
    .columns(['finished_at', 'account_id', 'created_at'])
    .execute()
  await schema
    .createTable('bulk_codes')
    .addColumn('job_id', 'text', (column) => column.notNull().references('bulk_jobs.id'))
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('keys_spent', 'integer', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('promotion_code', 'text')
    .addColumn('error', 'text')
    .addColumn('error_code', 'text')
    .addPrimaryKeyConstraint('bulk_codes_key', ['job_id', 'position'])
    .execute()
  await schema
    .createTable('bulk_leases')
    .addColumn('account_id', 'text', (column) => column.primaryKey())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
}
