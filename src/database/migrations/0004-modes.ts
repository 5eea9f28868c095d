import { type Kysely, sql } from 'kysely'

/** The tables as this migration finds them. */
type Before = {
  agencies: { id: string; name: string }
  accounts: { id: string; agency_id: string; connected_at: number }
  accounts_of_modes: { mode: string; id: string; agency_id: string; connected_at: number }
  api_keys: { agency_id: string; name: string; mode: string | null }
}

export async function up(database: Kysely<Before>): Promise<void> {
  const { schema } = database
  // SQLite cannot change a primary key, so the table is made anew.
  await schema
    .createTable('accounts_of_modes')
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('agency_id', 'text', (column) => column.notNull().references('agencies.id'))
    .addColumn('connected_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('accounts_mode_id', ['mode', 'id'])
    .execute()
  // In which mode they were connected was not kept: the next start adopts them.
  await database
    .insertInto('accounts_of_modes')
    .columns(['mode', 'id', 'agency_id', 'connected_at'])
    .expression((from) =>
      from.selectFrom('accounts').select([sql.lit('unassigned').as('mode'), 'id', 'agency_id', 'connected_at']),
    )
    .execute()
  await schema.dropTable('accounts').execute()
  await schema.alterTable('accounts_of_modes').renameTo('accounts').execute()
  await schema.createIndex('accounts_agency').on('accounts').columns(['agency_id', 'mode']).execute()

  await schema.alterTable('api_keys').addColumn('mode', 'text').execute()
  await database
    .updateTable('api_keys')
    .set({ mode: 'sandbox' })
    .where('name', '=', 'demo')
    .where('agency_id', 'in', (from) => from.selectFrom('agencies').select('id').where('name', '=', 'Demo agency'))
    .execute()
}
