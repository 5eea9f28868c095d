import { type Kysely, sql } from 'kysely'

/** The caller's address, the indexes that reading the journal needs, and the seals over its events. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database
  await schema.alterTable('events').addColumn('address', 'text').execute()

  // An end names no agency and no account, its start does, so that only starts and single events stand in these.
  await schema.dropIndex('events_account').execute()
  await sql`create index events_agency on events (agency_id, at, seq) where agency_id is not null`.execute(database)
  await sql`create index events_account on events (account_id, at, seq) where account_id is not null`.execute(database)
  await schema.createIndex('events_at').on('events').columns(['at', 'seq']).execute()
  // Unique for the events without a change too, so that a write whose answer was lost can be repeated.
  await sql`create unique index events_single on events (id) where change_id is null`.execute(database)

  await schema
    .createTable('seals')
    .addColumn('number', 'integer', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('last_seq', 'bigint', (column) => column.notNull())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addColumn('events_hash', 'text', (column) => column.notNull())
    .addColumn('digests', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text')
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('signature', 'text')
    .addColumn('events_removed_at', 'bigint')
    .execute()
}
