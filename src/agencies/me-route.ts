import { Type } from 'typebox'
import type { Server } from '../http/server.ts'
import type { Mode } from '../lib/mode.ts'
import { refuseUnavailable } from '../lib/refusal.ts'
import { noQuery, refusals } from '../schema/errors.ts'
import { closed } from '../schema/fields.ts'
import { publicPath } from '../schema/params.ts'
import type { Agencies } from './agencies.ts'
import type { ManagedKeys } from './managed-keys.ts'
import { toPublicKey } from './public-key.ts'

type Dependencies = { agencies: Agencies; keys: ManagedKeys; mode: Mode }

const meSchema = Type.Object(
  {
    object: Type.String({ description: 'Always `me`.', examples: ['me'] }),
    mode: Type.String({ description: 'Which Stripe answers: `sandbox`, `test` or `live`.', examples: ['live'] }),
    livemode: Type.Boolean({ description: 'Whether coupons are real.', examples: [true] }),
    agency: Type.Object(
      {
        id: Type.String({ description: 'The id of the agency.', examples: ['ag_5f0c6e1a9d3b2c4e8f7a6b5c'] }),
        name: Type.String({ description: 'The name of the agency.', examples: ['Acme'] }),
      },
      { ...closed, description: 'Whose key it is.' },
    ),
    key: Type.Unsafe({ $ref: 'ApiKey#' }),
  },
  { $id: 'Me', ...closed },
)

/** Who is calling, for any key that works: what a "test connection" button asks. */
export function addMeRoute(server: Server, { agencies, keys, mode }: Dependencies): void {
  server.addSchema(meSchema)

  server.route({
    method: 'GET',
    url: `${publicPath}/me`,
    config: { access: 'any_key' },
    schema: {
      operationId: 'retrieveMe',
      tags: ['API Keys'],
      summary: 'Retrieve Me',
      description:
        'The agency and the key that ask, with what the key may do. It needs no scope: ask it to test a connection.',
      querystring: noQuery,
      response: {
        200: { description: 'OK', $ref: 'Me#' },
        ...refusals('invalid_request', 'unauthenticated', 'not_allowed', 'rate_limited', 'internal', 'unavailable'),
      },
    },
    handler: async (request) => {
      const key = await keys.own(request)
      const agency = await agencies.findAgency(key.agencyId).catch(refuseUnavailable)
      if (!agency) throw new Error(`${key.id} is of no agency.`)
      const { id, name } = agency
      return { object: 'me', mode, livemode: mode === 'live', agency: { id, name }, key: toPublicKey(key) }
    },
  })
}
