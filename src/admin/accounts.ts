import { type Static, Type } from 'typebox'
import { type AccountRow, type ConnectedAccount, createAccounts } from '../accounts/accounts.ts'
import { assignAccount } from '../accounts/assign-account.ts'
import { accountText } from '../agencies/key-schema.ts'
import type { Server } from '../http/server.ts'
import { invalid, Refusal } from '../lib/refusal.ts'
import { unixSeconds } from '../lib/times.ts'
import { bodyCodes, refusals } from '../schema/errors.ts'
import { closed, inData } from '../schema/fields.ts'
import { closedListQuery, limitDefault, listQuery, pageOfRows, pageSchema, readCursor } from '../schema/lists.ts'
import { accountId } from '../schema/params.ts'
import { requireActiveAgency, requireAgency } from './agencies.ts'
import { adminPath, agencyId, config, type Dependencies, oneCodes } from './shared.ts'
import { operatorOf, tagged } from './shared.ts'

const url = `${adminPath}/agencies/:agencyId/accounts`
const params = Type.Object({ agencyId })
const shared = tagged('Accounts')

/** The refusals of the call to Stripe. */
const stripeCodes = ['account_disconnected', 'stripe_unavailable', 'stripe_timeout'] as const

const connection = {
  id: Type.String({ description: 'The Stripe connected account ID.' }),
  object: Type.String({ description: 'Always `account`.' }),
  agency_id: Type.String({ description: 'The agency that has it.' }),
}
const example = { id: 'acct_1NxW2aB3cD4eF5gH', object: 'account', agency_id: 'ag_5f0c6e1a9d3b2c4e8f7a6b5c' }

const accountSchema = Type.Object(
  {
    ...connection,
    mode: Type.String({ description: 'In which the account is used: `sandbox`, `test` or `live`.' }),
    connected: Type.Integer({ description: 'When the agency got it, in Unix seconds.' }),
  },
  { $id: 'Account', ...closed, examples: [{ ...example, mode: 'live', connected: 1700000000 }] },
)
const disconnectedSchema = Type.Object(
  { ...connection, disconnected: Type.Boolean({ description: 'Always true.' }) },
  { $id: 'DisconnectedAccount', ...closed, examples: [{ ...example, disconnected: true }] },
)

const body = inData(
  Type.Object(
    {
      account: Type.Optional(
        Type.Unsafe<string>({
          ...accountText,
          description:
            'A Stripe account that is connected to the platform. In the sandbox a new one is made where none is given.',
          examples: ['acct_1NxW2aB3cD4eF5gH'],
        }),
      ),
    },
    { ...closed, description: 'The account. A field that is not listed here is refused.' },
  ),
  { account: 'acct_1NxW2aB3cD4eF5gH' },
)

export function addAccountRoutes(server: Server, { database, stripe }: Dependencies): void {
  server.addSchema(accountSchema)
  server.addSchema(disconnectedSchema)
  const { mode } = stripe
  const accounts = createAccounts(database, mode)
  const ask = async (account: ConnectedAccount) => await stripe.listCoupons(account, { limit: 1 })
  const toWire = ({ id, agencyId: owner, connectedAt }: AccountRow): Static<typeof accountSchema> => ({
    id,
    object: 'account',
    agency_id: owner,
    mode,
    connected: unixSeconds(connectedAt),
  })

  server.route({
    method: 'GET',
    url,
    config,
    schema: {
      ...shared,
      operationId: 'listAccounts',
      summary: 'List Accounts',
      description: 'The connected accounts of an agency, oldest connection first. Stripe is not asked.',
      params,
      querystring: Type.Object(listQuery, closedListQuery),
      response: { 200: pageSchema({ $ref: 'Account#' }), ...refusals(...oneCodes) },
    },
    handler: async ({ params: { agencyId: id }, query: { limit = limitDefault, starting_after: after } }) => {
      const position = readCursor(after)
      await requireAgency(database, id)
      const rows = await accounts.listOwn(id, limit + 1, position)
      const connections = rows.map(({ account, connectedAt }) => ({ ...account, connectedAt }))
      return pageOfRows(connections, limit, toWire, (row) => ({ id: row.id, at: row.connectedAt }))
    },
  })

  server.route({
    method: 'POST',
    url,
    config,
    schema: {
      ...shared,
      operationId: 'connectAccount',
      summary: 'Connect Account',
      description:
        'Give an account to an agency, once Stripe has said that the platform may use it. It belongs to one agency at a time; to connect ' +
        'it again to its own changes nothing.',
      params,
      body,
      response: {
        201: { description: 'Created', $ref: 'Account#' },
        ...refusals(...oneCodes, ...bodyCodes, 'not_allowed', 'already_exists', ...stripeCodes),
      },
    },
    handler: async (request, reply) => {
      const { account: given } = request.body.data
      const agency = await requireActiveAgency(database, request.params.agencyId)
      if (given === undefined && mode !== 'sandbox') {
        throw invalid('data.account', 'data.account is missing. Only the sandbox makes an account of its own.')
      }
      const id = given ?? (await stripe.createAccount('Sandbox business'))
      const assignment = { agencyId: agency.id, accountId: id, ask, by: operatorOf(request) }
      const connected = await assignAccount(accounts, assignment)
      if (connected) return reply.code(201).send(toWire(connected))
      const message = 'Another agency has this account. Disconnect it there first.'
      throw new Refusal('already_exists', message, { param: 'data.account' })
    },
  })

  server.route({
    method: 'DELETE',
    url: `${url}/:accountId`,
    config,
    schema: {
      ...shared,
      operationId: 'disconnectAccount',
      summary: 'Disconnect Account',
      description: 'The agency can no longer use the account, in every process. Nothing changes in Stripe.',
      params: Type.Object({ agencyId, accountId }),
      response: { 200: { description: 'OK', $ref: 'DisconnectedAccount#' }, ...refusals(...oneCodes, ...bodyCodes) },
    },
    handler: async (request) => {
      const { agencyId: from, accountId: id } = request.params
      await requireAgency(database, from)
      if (!(await accounts.disconnect(id, operatorOf(request), from))) {
        throw new Refusal('not_found', 'This agency has no account with this id.', { param: 'accountId' })
      }
      return { id, object: 'account', agency_id: from, disconnected: true }
    },
  })
}
