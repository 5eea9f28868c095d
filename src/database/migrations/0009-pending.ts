import { type Kysely, sql } from 'kysely'

/** How many codes of a job are pending, so that counting those of an agency reads its jobs instead of all their codes. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .alterTable('bulk_jobs')
    .addColumn('pending', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`
    update bulk_jobs set pending = (select count(*) from bulk_codes where job_id = bulk_jobs.id and status = 'pending')
    where finished_at is null
  `.execute(database)
}
