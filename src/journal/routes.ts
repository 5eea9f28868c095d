import { type Static, type TObject, Type } from 'typebox'
import { callerOf } from '../agencies/authorize.ts'
import type { Database } from '../database/database.ts'
import type { Server } from '../http/server.ts'
import type { Mode } from '../lib/mode.ts'
import { refuseUnavailable } from '../lib/refusal.ts'
import { keyCodes, refusals } from '../schema/errors.ts'
import { closedListQuery, limitDefault, listQuery, pageOfRows, pageSchema, readCursor } from '../schema/lists.ts'
import { publicPath } from '../schema/params.ts'
import { eventSchema, toPublicEvent } from './event-schema.ts'
import type { EventFilter } from './events.ts'
import { listInSteps } from './list.ts'
import { listUnanswered } from './unanswered.ts'

/** A query parameter that filters by a text. */
export const textFilter = (description: string) =>
  Type.Optional(
    Type.String({
      description,
      maxLength: 5000,
      pattern: '^[^\\u0000-\\u001f\\u007f]*$',
      'x-pattern-message': 'has control characters.',
    }),
  )

/** The query parameters by which events are filtered. */
export const eventFilters = {
  account: textFilter('Only what was asked for on this account.'),
  object: textFilter('Only what has to do with this coupon, promotion code or API key.'),
  key: textFilter('Only what this API key asked for, by its id.'),
  request: textFilter('Only this request, by the `Request-Id` of its answer.'),
  idempotency_key: textFilter('Only requests with this Idempotency-Key.'),
  since: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1e11,
      description: 'Only what was asked for at or after this time, in seconds since 1970.',
    }),
  ),
  unanswered: Type.Optional(
    Type.Boolean({
      description:
        'With true only changes of the last seven days whose outcome is not known yet; `since` may then not be earlier.',
    }),
  ),
}

/** What these query parameters filter by. */
export function toFilter(query: Static<TObject<typeof eventFilters>>): EventFilter {
  return {
    accountId: query.account,
    objectId: query.object,
    keyId: query.key,
    requestId: query.request,
    idempotencyKey: query.idempotency_key,
    since: query.since === undefined ? undefined : query.since * 1000,
  }
}

/** The journal as its agency may read it: its own events alone, whatever the filters say. */
export function addEventRoutes(server: Server, { database, mode }: { database: Database; mode: Mode }): void {
  server.addSchema(eventSchema)

  server.route({
    method: 'GET',
    url: `${publicPath}/events`,
    config: { access: 'events:read' },
    schema: {
      operationId: 'listEvents',
      tags: ['Events'],
      summary: 'List Events',
      description:
        'What the agency asked for and what became of it, newest first: every change, and requests that were refused with ' +
        '400, 404, 409 or 422 before Stripe was asked (where many are, a sample of them).',
      querystring: Type.Object({ ...listQuery, ...eventFilters }, closedListQuery),
      response: { 200: pageSchema({ $ref: 'Event#' }), ...refusals(...keyCodes) },
    },
    handler: async (request) => {
      const { limit = limitDefault, starting_after: after, ...query } = request.query
      const position = readCursor(after)
      const { agencyId, bounds } = callerOf(request)
      const own = { ...toFilter(query), mode, agencyId, accountsAmong: bounds.accounts }
      const list = query.unanswered === true ? listUnanswered : listInSteps
      const events = await list(database, own, limit + 1, position).catch(refuseUnavailable)
      return pageOfRows(events, limit, toPublicEvent, (event) => event)
    },
  })
}
