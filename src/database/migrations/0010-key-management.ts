import { type Kysely, sql } from 'kysely'

/** What keys need that other keys manage: a freeze of the agency’s own, and the Idempotency-Key under which a key was made. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database
  await schema.alterTable('api_keys').addColumn('frozen_at', 'bigint').execute()
  await schema.alterTable('api_keys').addColumn('request_key', 'text').execute()
  await schema.alterTable('api_keys').addColumn('request_digest', 'text').execute()
  await sql`create unique index api_keys_request on api_keys (request_key) where request_key is not null`.execute(
    database,
  )
  await schema.createIndex('api_keys_created').on('api_keys').columns(['agency_id', 'created_at', 'id']).execute()
  await schema.dropIndex('api_keys_agency').execute()
}
