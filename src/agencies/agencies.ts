import type { Database } from '../database/database.ts'
import type { Position } from '../lib/cursor.ts'
import { newId } from '../lib/ids.ts'

/** While it is archived none of its keys works, and so neither do its bulk jobs; while it is frozen they only read. */
export type Agency = {
  id: string
  name: string
  createdAt: number
  archivedAt: number | null
  frozenAt: number | null
}

/**
 * Makes the transactions that lock the agency take turns until they end, so that each sees what the one before has done. Returns its name.
 */
export async function lockAgency(on: Database, id: string): Promise<string> {
  // Changes nothing: both databases lock what is written, and only PostgreSQL what is read.
  const unchanged = on.updateTable('agencies').set((column) => ({ name: column.ref('name') }))
  return (await unchanged.where('id', '=', id).returning('name').executeTakeFirstOrThrow()).name
}

export type Agencies = ReturnType<typeof createAgencies>

export function createAgencies(database: Database) {
  return {
    async createAgency(name: string): Promise<Agency> {
      const agency = { id: newId('ag'), name, createdAt: Date.now(), archivedAt: null, frozenAt: null }
      await database.insertInto('agencies').values({ id: agency.id, name, created_at: agency.createdAt }).execute()
      return agency
    },

    async findAgency(id: string): Promise<Agency | undefined> {
      return await agenciesBy(database).where('id', '=', id).executeTakeFirst()
    },

    /** The agencies that people may mean: the one of this id or, where there is none, all of this name; oldest first. */
    async findByIdOrName(text: string): Promise<Agency[]> {
      const found = agenciesBy(database).orderBy('created_at').orderBy('id')
      const byId = await found.where('id', '=', text).execute()
      return byId.length > 0 ? byId : await found.where('name', '=', text).execute()
    },

    /** Oldest first: all, or so many after a position. */
    async listAgencies(limit?: number, after?: Position): Promise<Agency[]> {
      let query = agenciesBy(database).orderBy('created_at').orderBy('id')
      if (limit !== undefined) query = query.limit(limit)
      if (after) {
        query = query.where((is) =>
          is.or([is('created_at', '>', after.at), is('created_at', '=', after.at).and('id', '>', after.id)]),
        )
      }
      return await query.execute()
    },
  }
}

const agenciesBy = (database: Database) =>
  database
    .selectFrom('agencies')
    .select(['id', 'name', 'created_at as createdAt', 'archived_at as archivedAt'])
    .select((is) => is.selectFrom('freezes').select('frozen_at').whereRef('target', '=', 'agencies.id').as('frozenAt'))
