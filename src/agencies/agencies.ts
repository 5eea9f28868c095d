import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'

export type Agency = { id: string; name: string; createdAt: number }

export type Agencies = ReturnType<typeof createAgencies>

export function createAgencies(database: Database) {
  return {
    async createAgency(name: string): Promise<Agency> {
      const agency = { id: newId('ag'), name, createdAt: Date.now() }
      await database.insertInto('agencies').values({ id: agency.id, name, created_at: agency.createdAt }).execute()
      return agency
    },

    async findAgency(id: string): Promise<Agency | undefined> {
      return await agenciesBy(database).where('id', '=', id).executeTakeFirst()
    },

    /** Oldest first. */
    async listAgencies(): Promise<Agency[]> {
      return await agenciesBy(database).orderBy('created_at').orderBy('id').execute()
    },
  }
}

const agenciesBy = (database: Database) =>
  database.selectFrom('agencies').select(['id', 'name', 'created_at as createdAt'])
