import type { Kysely } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database
  await schema.alterTable('api_keys').addColumn('bounds', 'text').execute()
  await schema.alterTable('api_keys').addColumn('expires_at', 'bigint').execute()
}
