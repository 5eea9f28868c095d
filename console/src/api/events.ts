import { queryOptions } from '@tanstack/react-query'
import type { paths } from '../../../client/schema.ts'
import { isOpen } from '../lib/event-sentence.ts'
import { api, bodyOf, type Event } from './client.ts'

export type EventFilter = NonNullable<paths['/events']['get']['parameters']['query']>

/** One page of the agency's events, newest first. */
export const eventsQuery = (filter: EventFilter) =>
  queryOptions({
    queryKey: ['events', filter],
    queryFn: ({ signal }) => bodyOf(api.GET('/events', { params: { query: filter }, signal })),
    // The end of a change is written within a second of its answer.
    refetchInterval: ({ state }) => (state.data?.data.some(hasJustBegun) ? 1_000 : false),
  })

function hasJustBegun(event: Event): boolean {
  return isOpen(event) && event.outcome === null && event.created > Date.now() / 1000 - 10
}
