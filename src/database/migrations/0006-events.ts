import { type Kysely, PostgresAdapter, sql } from 'kysely'

/** Starts and ends of changes become one ordered stream of events; the rows that exist are carried over in order. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database
  const isPostgres = database.getExecutor().adapter instanceof PostgresAdapter
  await schema
    .createTable('events')
    .addColumn('seq', isPostgres ? 'bigserial' : 'integer', (column) =>
      isPostgres ? column.primaryKey() : column.primaryKey().autoIncrement(),
    )
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('mode', 'text')
    .addColumn('agency_id', 'text')
    .addColumn('account_id', 'text')
    .addColumn('key_id', 'text')
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('change_id', 'text')
    .addColumn('request_id', 'text')
    .addColumn('idempotency_key', 'text')
    .addColumn('key_source', 'text')
    .addColumn('stripe_key', 'text')
    .addColumn('request_digest', 'text')
    .addColumn('terms', 'text')
    .addColumn('terms_digest', 'text')
    .addColumn('object_id', 'text')
    .addColumn('outcome', 'text')
    .addColumn('code', 'text')
    .addColumn('message', 'text')
    .addColumn('stripe_request_id', 'text')
    .execute()

  await sql`
    insert into events (id, at, agency_id, account_id, key_id, actor, type, change_id, request_id, stripe_key, terms,
      object_id, outcome, code, stripe_request_id)
    select id, at, agency_id, account_id, key_id, 'api_key', type, change_id, request_id, stripe_key, terms,
      object_id, outcome, code, stripe_request_id
    from (
      select 'evt_' || substr(id, 5) || '0' as id, started_at as at, 0 as phase, agency_id, account_id, key_id,
        operation || '.started' as type, id as change_id, request_id, idempotency_key as stripe_key, terms,
        target as object_id, null as outcome, null as code, null as stripe_request_id
      from changes
      union all
      select 'evt_' || substr(changes.id, 5) || '1', ended_at, 1, agency_id, account_id, key_id,
        operation || '.ended', change_id, null, null, null, object_id, outcome, code, stripe_request_id
      from change_outcomes join changes on changes.id = change_outcomes.change_id
    ) as carried order by at, change_id, phase`.execute(database)
  await schema.dropTable('change_outcomes').execute()
  await schema.dropTable('changes').execute()

  // Unique, so that a write whose answer was lost can be repeated; it also finds starts without an end.
  await sql`create unique index events_change on events (change_id, type) where change_id is not null`.execute(database)
  await schema.createIndex('events_account').on('events').columns(['account_id', 'seq']).execute()
  // PostgreSQL indexes at most 2,704 bytes; ids as long as Stripe allows are found without an index.
  await sql`create index events_object on events (object_id) where object_id is not null and length(object_id) <= 500`.execute(
    database,
  )
  await sql`create index events_request on events (request_id) where request_id is not null`.execute(database)
  await sql`create index events_key on events (idempotency_key) where idempotency_key is not null`.execute(database)
}
