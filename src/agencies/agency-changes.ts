import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'
import { type Agency, createAgencies, lockAgency } from './agencies.ts'
import { appendSingleEvent, byCommand, type Operator } from './single-events.ts'

/** The operator’s changes to an agency, each an event. Each process follows within a second. */
export function createAgencyChanges(database: Database, mode: Mode, author: Operator = byCommand) {
  const setArchived = async (id: string, isArchived: boolean): Promise<boolean> =>
    await database.transaction().execute(async (on) => {
      const { numUpdatedRows } = await on
        .updateTable('agencies')
        .set({ archived_at: isArchived ? Date.now() : null })
        .where('id', '=', id)
        .where('archived_at', isArchived ? 'is' : 'is not', null)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) return false
      await append(on, id, isArchived ? 'archived' : 'unarchived')
      return true
    })
  const append = async (on: Database, agencyId: string, what: string, terms?: object) =>
    await appendSingleEvent(on, mode, author, `agency.${what}`, { agencyId, keyId: null, ...(terms && { terms }) })

  return {
    /** A name that another agency has is taken all the same. */
    async create(name: string): Promise<Agency> {
      return await database.transaction().execute(async (on) => {
        const agency = await createAgencies(on).createAgency(name)
        await append(on, agency.id, 'created', { name })
        return agency
      })
    },

    /** Another agency may have the name. False where it is its name already. */
    async rename({ id }: Agency, name: string): Promise<boolean> {
      return await database.transaction().execute(async (on) => {
        const before = await lockAgency(on, id)
        if (before === name) return false
        await on.updateTable('agencies').set({ name }).where('id', '=', id).execute()
        await append(on, id, 'renamed', { name, before })
        return true
      })
    },

    /** Refuses its keys, and so fails what is left of its bulk jobs. Nothing is deleted, here or in Stripe. False where it is archived already. */
    async archive({ id }: Agency): Promise<boolean> {
      return await setArchived(id, true)
    },

    /** Lets its keys work again, except those that were revoked or have expired. False where it is not archived. */
    async unarchive({ id }: Agency): Promise<boolean> {
      return await setArchived(id, false)
    },
  }
}
