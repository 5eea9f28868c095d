import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'

/**
 * Whether the database has accounts that are not the sandbox's: Stripe's or, which counts as the same, those of a release that
 * stored no mode.
 */
export async function hasAccountsOfStripe(database: Database): Promise<boolean> {
  const row = await database.selectFrom('accounts').select('id').where('mode', '!=', 'sandbox').executeTakeFirst()
  return row !== undefined
}

/** Assigns accounts of releases that stored no mode to the mode of the first start after the update. */
export async function adoptAccounts(database: Database, mode: Mode): Promise<void> {
  await database.updateTable('accounts').set({ mode }).where('mode', '=', 'unassigned').execute()
}
