import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'

/**
 * Whether the database has worked with Stripe: it has accounts that are not the sandbox's (those of a release that did not
 * keep the mode count), or its last event is of Stripe.
 */
export async function hasWorkedWithStripe(database: Database): Promise<boolean> {
  const account = await database.selectFrom('accounts').select('id').where('mode', '!=', 'sandbox').executeTakeFirst()
  if (account) return true
  const last = await database.selectFrom('events').select('mode').orderBy('seq', 'desc').executeTakeFirst()
  return last?.mode === 'test' || last?.mode === 'live'
}

/** Gives the accounts of a release that did not keep the mode to the mode of the first start after it. */
export async function adoptAccounts(database: Database, mode: Mode): Promise<void> {
  await database.updateTable('accounts').set({ mode }).where('mode', '=', 'unassigned').execute()
}
