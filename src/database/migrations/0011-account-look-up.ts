import type { Kysely } from 'kysely'

/**
 * Answers from the index alone whether an account is an agency's, so that one of another agency takes no longer to be refused
 * than one that does not exist.
 */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema.createIndex('accounts_own').on('accounts').columns(['agency_id', 'mode', 'id']).unique().execute()
  await schema.dropIndex('accounts_agency').execute()
}
