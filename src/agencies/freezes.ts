import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'
import { appendSingleEvent, byCommand, type Operator } from './single-events.ts'

/** What can be frozen: a key or an agency, by its id, or every key of the platform. */
export type FreezeTarget = { kind: 'api_key' | 'agency'; id: string } | { kind: 'platform' }

/** The name of the platform in the table of freezes, beside the ids of keys and agencies. */
export const platform = 'platform'

/** What `frozenBy` says of a key that another key of its agency froze. */
export const byAgency = 'agency'

/** Stops and resumes writes, for the operator alone. Reads go on, and running jobs wait. Each process follows within a second. */
export function createFreezes(database: Database, mode: Mode, author: Operator = byCommand) {
  const nameOf = (target: FreezeTarget) => (target.kind === 'platform' ? platform : target.id)

  const change = async (target: FreezeTarget, type: 'frozen' | 'unfrozen', write: (on: Database) => Promise<bigint>) =>
    await database.transaction().execute(async (transaction) => {
      if ((await write(transaction)) === 0n) return false
      await appendSingleEvent(transaction, mode, author, `${target.kind}.${type}`, {
        agencyId: target.kind === 'agency' ? target.id : null,
        keyId: target.kind === 'api_key' ? target.id : null,
      })
      return true
    })

  return {
    /** What is frozen, in the order in which it was. */
    async list(): Promise<{ target: string; frozenAt: number }[]> {
      const freezes = database.selectFrom('freezes').select(['target', 'frozen_at as frozenAt'])
      return await freezes.orderBy('frozen_at').orderBy('target').execute()
    },

    /** False where it is frozen already. */
    async freeze(target: FreezeTarget): Promise<boolean> {
      return await change(target, 'frozen', async (on) => {
        const frozen = on.insertInto('freezes').values({ target: nameOf(target), frozen_at: Date.now() })
        const { numInsertedOrUpdatedRows: rows = 0n } = await frozen
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow()
        return rows
      })
    },

    /** False where it is not frozen. */
    async unfreeze(target: FreezeTarget): Promise<boolean> {
      return await change(target, 'unfrozen', async (on) => {
        const thawed = on.deleteFrom('freezes').where('target', '=', nameOf(target))
        return (await thawed.executeTakeFirstOrThrow()).numDeletedRows
      })
    },
  }
}
