import { Type } from 'typebox'
import { callerOf } from '../agencies/authorize.ts'
import { closed, textOrNull } from '../schema/fields.ts'
import { closedListQuery, limitDefault, listQuery, pageSchema, readCursor, toPage } from '../schema/lists.ts'
import { readCodes, refusals } from '../schema/errors.ts'
import { accountsPath } from '../schema/params.ts'
import type { Server } from '../http/server.ts'
import type { Mode } from '../lib/mode.ts'
import type { Accounts, ConnectedAccount } from './accounts.ts'

/** Stripe's description of an account; undefined if it has left the platform. */
export type Description = { name: string | null; defaultCurrency: string | null; chargesEnabled: boolean } | undefined

type Dependencies = {
  accounts: Accounts
  mode: Mode
  describe: (account: ConnectedAccount) => Promise<Description>
}

/** Stripe is asked for this many accounts at once, so that a page of a hundred stays below its rate limit. */
const askedAtOnce = 20

const accountSchema = Type.Object(
  {
    id: Type.String({ description: 'The Stripe connected account ID', examples: ['acct_1NxW2aB3cD4eF5gH'] }),
    object: Type.String({ description: 'Always `account`.', examples: ['account'] }),
    name: { ...textOrNull, description: 'The business’s name, where the account has one.' },
    livemode: Type.Boolean({ description: 'False where Stripe is in test mode.' }),
    default_currency: { ...textOrNull, description: 'The account’s own currency, as a lower-case ISO code.' },
    charges_enabled: Type.Boolean({
      description: 'False also where the account has left the platform: connect it again.',
    }),
  },
  {
    $id: 'Account',
    ...closed,
    examples: [
      {
        id: 'acct_1NxW2aB3cD4eF5gH',
        object: 'account',
        name: 'Bright Shop',
        livemode: true,
        default_currency: 'usd',
        charges_enabled: true,
      },
    ],
  },
)

export function addAccountRoutes(server: Server, { accounts, mode, describe }: Dependencies): void {
  server.addSchema(accountSchema)

  server.route({
    method: 'GET',
    url: accountsPath,
    config: { access: 'accounts:read' },
    schema: {
      operationId: 'listAccounts',
      tags: ['Stripe Connect'],
      summary: 'List Accounts',
      description:
        'The connected accounts of the agency, in the order in which they were connected. Each costs one unit of the budget; where ' +
        'it ends the page does, with `has_more`.',
      querystring: Type.Object(listQuery, closedListQuery),
      response: { 200: pageSchema({ $ref: 'Account#' }), ...refusals(...readCodes) },
    },
    handler: async (request) => {
      const { limit = limitDefault, starting_after: after } = request.query
      const { agencyId, bounds } = callerOf(request)
      const position = readCursor(after)
      const rows = await accounts.listOwn(agencyId, limit + 1, position, bounds.accounts)
      // The request has paid for one account; where the budget does not last for all, the page is shorter.
      const asked = Math.min(rows.length, limit)
      const given = rows.slice(0, asked === 0 ? 0 : 1 + (await request.spend(asked - 1)))
      const shown = async ({ account }: { account: ConnectedAccount }) => {
        const known = await describe(account)
        return {
          id: account.id,
          object: 'account',
          name: known?.name ?? null,
          livemode: mode === 'live',
          default_currency: known?.defaultCurrency ?? null,
          charges_enabled: known?.chargesEnabled ?? false,
        }
      }
      const data = []
      for (let first = 0; first < given.length; first += askedAtOnce) {
        data.push(...(await Promise.all(given.slice(first, first + askedAtOnce).map(shown))))
      }
      const last = given.at(-1)
      return toPage(data, rows.length > given.length, last && { id: last.account.id, at: last.connectedAt })
    },
  })
}
