import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'

/**
 * Whether the database has accounts that are not the sandbox's: of Stripe or, which counts as the same, of a release that did
 * not keep the mode.
 */
export async function hasAccountsOfStripe(database: Database): Promise<boolean> {
  const row = await database.selectFrom('accounts').select('id').where('mode', '!=', 'sandbox').executeTakeFirst()
  return row !== undefined
}

/** Gives the accounts of a release that did not keep the mode to the mode of the first start after it. */
export async function adoptAccounts(database: Database, mode: Mode): Promise<void> {
  await database.updateTable('accounts').set({ mode }).where('mode', '=', 'unassigned').execute()
}
