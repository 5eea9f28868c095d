import { Type } from 'typebox'
import type { Server } from '../http/server.ts'
import { eventSchema, toPublicEvent } from '../journal/event-schema.ts'
import type { JournalEvent } from '../journal/events.ts'
import { listInSteps } from '../journal/list.ts'
import { eventFilters, textFilter, toFilter } from '../journal/routes.ts'
import { listUnanswered } from '../journal/unanswered.ts'
import { refusals } from '../schema/errors.ts'
import { closed, textOrNull } from '../schema/fields.ts'
import { closedListQuery, limitDefault, listQuery, pageOfRows, pageSchema, readCursor } from '../schema/lists.ts'
import { adminPath, config, type Dependencies, readCodes, tagged } from './shared.ts'

const operatorEventSchema = Type.Object(
  {
    ...eventSchema.properties,
    agency_id: { ...textOrNull, description: 'The agency that asked, or that was changed.' },
    mode: { ...textOrNull, description: '`sandbox`, `test` or `live`.' },
  },
  { $id: 'Event', ...closed },
)
const filters = {
  ...listQuery,
  agency: textFilter('Only of this agency.'),
  ...eventFilters,
}

/** The journal of all agencies and modes. */
export function addEventRoute(server: Server, { database }: Dependencies): void {
  server.addSchema(operatorEventSchema)

  server.route({
    method: 'GET',
    url: `${adminPath}/events`,
    config,
    schema: {
      ...tagged('Events'),
      operationId: 'listEvents',
      summary: 'List Events',
      description:
        'What was asked for and what became of it, newest first: every change, of agencies and of the operator, and requests that were ' +
        'refused with 400, 404, 409 or 422 before Stripe was asked (where many are, a sample of them).',
      querystring: Type.Object(filters, closedListQuery),
      response: { 200: pageSchema({ $ref: 'Event#' }), ...refusals(...readCodes) },
    },
    handler: async ({ query: { limit = limitDefault, starting_after: after, ...query } }) => {
      const filter = { ...toFilter(query), agencyId: query.agency }
      const list = query.unanswered === true ? listUnanswered : listInSteps
      const events = await list(database, filter, limit + 1, readCursor(after))
      return pageOfRows(events, limit, toWire, (event) => event)
    },
  })
}

function toWire(event: JournalEvent) {
  return { ...toPublicEvent(event), agency_id: event.agencyId, mode: event.mode }
}
