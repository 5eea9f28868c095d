import { Type } from 'typebox'
import type { Server } from '../http/server.ts'
import { keyCodes, noQuery, refusals } from '../schema/errors.ts'
import { closed } from '../schema/fields.ts'
import { publicPath } from '../schema/params.ts'
import { type WhoCalls, whoCallsFields } from './who-calls.ts'

const { mode, agency, key } = whoCallsFields
const meSchema = Type.Object(
  {
    object: Type.String({ description: 'Always `me`.', examples: ['me'] }),
    mode,
    livemode: Type.Boolean({ description: 'Whether coupons are real.', examples: [true] }),
    agency,
    key,
  },
  { $id: 'Me', ...closed },
)

/** Who is calling, for any key that works: what a "test connection" button asks. */
export function addMeRoute(server: Server, whoCalls: WhoCalls): void {
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
      response: { 200: { description: 'OK', $ref: 'Me#' }, ...refusals(...keyCodes) },
    },
    handler: async (request) => {
      const who = await whoCalls(request)
      return { object: 'me', livemode: who.mode === 'live', ...who }
    },
  })
}
