import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, type TObject, type TProperties, Type } from 'typebox'
import type { Accounts, ConnectedAccount } from '../accounts/accounts.ts'
import type { Server } from '../http/server.ts'
import type { Scope } from '../lib/scopes.ts'
import { type Code, refusals, readCodes } from '../schema/errors.ts'
import { closed } from '../schema/fields.ts'
import { closedListQuery } from '../schema/lists.ts'
import { accountId, accountPath } from '../schema/params.ts'

export type Read<Params extends TProperties, Query extends TProperties> = {
  /** Below the account's path: `/coupons/:couponId`. */
  path: string
  scope: Scope
  operationId: string
  summary: string
  description?: string
  /** The parameters of the path beside the account's. */
  params?: Params
  query?: Query
  /** The schema of the 200, or its `content` where that is not JSON. */
  response: object
  codes?: readonly Code[]
  handle: (input: {
    account: ConnectedAccount
    params: Static<TObject<Params>>
    query: Static<TObject<Query>>
    reply: FastifyReply
    /** Takes units of the agency's budget for further calls to Stripe; returns how many were left to take. */
    spend: FastifyRequest['spend']
  }) => Promise<unknown>
}

export type AddRead = ReturnType<typeof createRead>

/** Returns a function that adds a read on an account, with what all reads share: access, the proof of ownership and the refusals. */
export function createRead(server: Server, accounts: Accounts) {
  return <Params extends TProperties = {}, Query extends TProperties = {}>(read: Read<Params, Query>): void => {
    const { path, scope, operationId, summary, description, params, query, response, codes = readCodes, handle } = read
    server.route({
      method: 'GET',
      url: accountPath + path,
      config: { access: scope },
      schema: {
        operationId,
        tags: ['Stripe Connect'],
        summary,
        ...(description !== undefined && { description }),
        params: Type.Object({ accountId, ...params }),
        querystring: Type.Object({ ...query }, query && 'starting_after' in query ? closedListQuery : closed),
        response: { 200: { description: 'OK', ...response }, ...refusals(...codes) },
      },
      handler: async (request, reply) => {
        const account = await accounts.accountOf(request)
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the route's schema has checked both
        const input = { params: request.params, query: request.query } as unknown as {
          params: Static<TObject<Params>>
          query: Static<TObject<Query>>
        }
        return await handle({ account, ...input, reply, spend: (units) => request.spend(units) })
      },
    })
  }
}
