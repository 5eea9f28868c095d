import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database
  // A lease of the old kind holds for seconds, so that none is worth carrying over.
  await schema.dropTable('bulk_leases').execute()
  await schema
    .createTable('leases')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('holder', 'text')
    .addColumn('renewals', 'bigint', (column) => column.notNull())
    .execute()

  // Jobs from before have no mode until the server starts and adopts them.
  await schema.alterTable('bulk_jobs').addColumn('mode', 'text').execute()
  await schema.alterTable('bulk_jobs').addColumn('canceled_at', 'bigint').execute()
  await schema
    .alterTable('bulk_codes')
    .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  // A code of a started job may have been sent to Stripe without anybody having seen the answer.
  await sql`
    update bulk_codes set attempts = 1
    where status <> 'pending' or job_id in (select id from bulk_jobs where started_at is not null)
  `.execute(database)

  await schema.dropIndex('bulk_jobs_unfinished').execute()
  await schema
    .createIndex('bulk_jobs_unfinished')
    .on('bulk_jobs')
    .columns(['finished_at', 'mode', 'agency_id', 'account_id', 'created_at'])
    .execute()
  await schema
    .createIndex('bulk_codes_status')
    .on('bulk_codes')
    .columns(['job_id', 'status', 'attempts', 'position'])
    .execute()
}
