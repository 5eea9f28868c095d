import type { FastifyRequest } from 'fastify'
import type { Operator } from '../agencies/single-events.ts'
import type { Database } from '../database/database.ts'
import { Refusal } from '../lib/refusal.ts'
import { type Code, noQuery } from '../schema/errors.ts'
import { objectId } from '../schema/params.ts'
import type { StripeClient } from '../stripe/client.ts'

/** What the routes are added with. */
export type Dependencies = { database: Database; stripe: StripeClient }

/** The beginning of the admin API's paths. */
export const adminPath = '/v1/admin'

/** The refusals of every route. */
export const readCodes = [
  'invalid_request',
  'unauthenticated',
  'rate_limited',
  'internal',
  'unavailable',
] as const satisfies Code[]
export const oneCodes = [...readCodes, 'not_found'] as const

export const agencyId = objectId('The id of the agency', 'ag_5f0c6e1a9d3b2c4e8f7a6b5c')
export const keyId = objectId('The id of the API key', 'key_5f0c6e1a9d3b2c4e8f7a6b5c')

/** Of every route: it is the operator’s alone. */
export const config = { access: 'operator' } as const
/** What the routes of one tag share; one that takes query parameters replaces `querystring`. */
export const tagged = (tag: string) => ({ tags: [tag], querystring: noQuery })

/** Who acts, for the journal. */
export const operatorOf = ({ id }: FastifyRequest): Operator => ({ actor: 'operator', requestId: id, address: null })

/** The refusal of an id that names nothing. */
export function notFound(param: string, noun: string): Refusal {
  return new Refusal('not_found', `There is no ${noun} with this id.`, { param })
}
