import { type Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { createBatch } from './batch.ts'

export type Intent = Tables['changes']
export type Ending = Tables['change_outcomes']

export type Journal = ReturnType<typeof createJournal>

/**
 * The append-only record of what was asked of Stripe: a row before the call and a row after it. An intent without an
 * ending is a change whose outcome nobody has seen. Writes of one turn of the event loop share a commit.
 */
export function createJournal(database: Database) {
  const intents = createBatch<Intent>(async (rows) => {
    await database.insertInto('changes').values(rows).execute()
  })
  const endings = createBatch<Ending>(async (rows) => {
    await database.insertInto('change_outcomes').values(rows).execute()
  })
  return { begin: intents.add, end: endings.add }
}
