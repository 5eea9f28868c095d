import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Mode } from '../lib/mode.ts'
import { refuseUnavailable } from '../lib/refusal.ts'
import { closed } from '../schema/fields.ts'
import type { Agencies } from './agencies.ts'
import type { ManagedKeys } from './managed-keys.ts'
import { toPublicKey } from './public-key.ts'

type Dependencies = { agencies: Agencies; keys: ManagedKeys; mode: Mode }

export const whoCallsFields = {
  mode: Type.String({ description: 'Which Stripe answers: `sandbox`, `test` or `live`.', examples: ['live'] }),
  agency: Type.Object(
    {
      id: Type.String({ description: 'The id of the agency.', examples: ['ag_5f0c6e1a9d3b2c4e8f7a6b5c'] }),
      name: Type.String({ description: 'The name of the agency.', examples: ['Acme'] }),
    },
    { ...closed, description: 'Whose key it is.' },
  ),
  key: Type.Unsafe({ $ref: 'ApiKey#' }),
}

export type WhoCalls = ReturnType<typeof createWhoCalls>

/** Returns who makes a request, as the public API shows it: `whoCallsFields`. */
export function createWhoCalls({ agencies, keys, mode }: Dependencies) {
  return async (request: FastifyRequest) => {
    const key = await keys.own(request)
    const agency = await agencies.findAgency(key.agencyId).catch(refuseUnavailable)
    if (!agency) throw new Error(`${key.id} is of no agency.`)
    const { id, name } = agency
    return { mode, agency: { id, name }, key: toPublicKey(key) }
  }
}
