import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'
import { type Agency, createAgencies } from './agencies.ts'
import { appendKeyEvent, byCommand, type Operator } from './key-events.ts'

type Values = { name?: string; archived_at?: number | null }

/** The operator’s changes to an agency, each an event. Each process follows within a second. */
export function createAgencyChanges(database: Database, mode: Mode, author: Operator = byCommand) {
  const change = async (id: string, what: string, values: Values, terms?: object): Promise<void> => {
    await database.transaction().execute(async (on) => {
      await on.updateTable('agencies').set(values).where('id', '=', id).execute()
      await append(on, id, what, terms)
    })
  }
  const append = async (on: Database, agencyId: string, what: string, terms?: object) =>
    await appendKeyEvent(on, mode, author, `agency.${what}`, { agencyId, keyId: null, ...(terms && { terms }) })

  return {
    /** A name that another agency has is taken all the same. */
    async create(name: string): Promise<Agency> {
      return await database.transaction().execute(async (on) => {
        const agency = await createAgencies(on).createAgency(name)
        await append(on, agency.id, 'created', { name })
        return agency
      })
    },

    async rename({ id, name: before }: Agency, name: string): Promise<void> {
      await change(id, 'renamed', { name }, { name, before })
    },

    /** Refuses its keys, and so fails what is left of its bulk jobs. Nothing is deleted, here or in Stripe. */
    async archive({ id }: Agency): Promise<void> {
      await change(id, 'archived', { archived_at: Date.now() })
    },

    /** Lets its keys work again, except those that were revoked or have expired. */
    async unarchive({ id }: Agency): Promise<void> {
      await change(id, 'unarchived', { archived_at: null })
    },
  }
}
