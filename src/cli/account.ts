import { type ConnectedAccount, createAccounts } from '../accounts/accounts.ts'
import { assignAccount } from '../accounts/assign-account.ts'
import { byCommand } from '../agencies/single-events.ts'
import { readConfig } from '../config.ts'
import type { Resources } from '../dependencies.ts'
import { isAccountId } from '../lib/account-id.ts'
import { type Command, UsageError } from './command.ts'
import { note, say, sayJson, sayRows } from './output.ts'
import { requireActiveAgency, requireAgency, withResources } from './with-resources.ts'

export const accountConnect: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash account connect [ACCOUNT] --agency ID [--json]

ACCOUNT is a Stripe account that is connected to the platform (acct_…); Stripe is asked whether it is. An account belongs to
one agency at a time. In the sandbox ACCOUNT may be left out: a new one is made.`,
  options: { agency: { type: 'string' } },
  async run({ values, positionals }) {
    const [given] = positionals
    if (given !== undefined && !isAccountId(given)) throw new UsageError('Give one account: acct_…')
    const isSandbox = readConfig().stripeSecretKey === undefined
    if (given === undefined && !isSandbox) throw new UsageError('Give the account: acct_…')
    const account = await withResources(async ({ database, stripe }) => {
      const { id: agencyId } = await requireActiveAgency(database, values['agency'])
      const accountId = given ?? (await stripe.createAccount('Sandbox business'))
      const ask = async (connected: ConnectedAccount) => {
        await stripe.listCoupons(connected, { limit: 1 }).catch((cause: unknown) => {
          throw new Error(`Stripe does not let the platform use ${accountId}, so it was not connected.`, { cause })
        })
      }
      const assignment = { agencyId, accountId, ask, by: byCommand }
      if (!(await assignAccount(createAccounts(database, stripe.mode), assignment))) {
        throw new Error(`${accountId} belongs to another agency. To move it: chatdash account disconnect ${accountId}`)
      }
      return { id: accountId, agencyId }
    })
    if (values['json'] === true) sayJson(account)
    else say(account.id)
  },
}

export const accountList: Command = {
  help: 'Usage: chatdash account list [--agency ID] [--json]\n\nOf all agencies where none is named.',
  options: { agency: { type: 'string' } },
  async run({ values }) {
    const rows = await withResources(async ({ database, stripe }) => {
      const { agency } = values
      const agencyId = agency === undefined ? undefined : (await requireAgency(database, agency)).id
      return await createAccounts(database, stripe.mode).listAccounts(agencyId)
    })
    sayRows(rows, values['json'] === true)
  },
}

export const accountDisconnect: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash account disconnect ACCOUNT

The agency can no longer use the account within one second, in every process. Nothing changes in Stripe.`,
  async run({ positionals }) {
    const [id] = positionals
    if (id === undefined) throw new UsageError('Give one account: acct_…')
    const disconnect = async ({ database, stripe }: Resources) =>
      await createAccounts(database, stripe.mode).disconnect(id, byCommand)
    if (!(await withResources(disconnect))) {
      throw new Error(`No agency has ${id}. See: chatdash account list`)
    }
    note(`${id} is disconnected.`)
  },
}
