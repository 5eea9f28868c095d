import type { Operator } from '../agencies/single-events.ts'
import type { AccountRow, Accounts, ConnectedAccount } from './accounts.ts'

type Assignment = {
  agencyId: string
  accountId: string
  /** Asks Stripe, before anything is written, whether the platform may use the account; rejects where it may not. */
  ask: (account: ConnectedAccount) => Promise<unknown>
  by: Operator
}

/** Gives the account to the agency for the operator, unless it has it already; undefined where another agency does. */
export async function assignAccount(
  accounts: Accounts,
  { agencyId, accountId, ask, by }: Assignment,
): Promise<AccountRow | undefined> {
  const before = await accounts.findAccount(accountId)
  if (!before) await accounts.connect(agencyId, accountId, ask, by)
  const account = before ?? (await accounts.findAccount(accountId))
  return account?.agencyId === agencyId ? account : undefined
}
