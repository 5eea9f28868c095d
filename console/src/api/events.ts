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

/** How many of the newest events are looked through for one of which no request is known. */
export const lookedThroughMax = 500

/**
 * One event. The API lists events and finds them by their request, so `requestId` makes this one call; without it, or for an event
 * of a bulk job, which shares its request with a thousand, the newest are looked through. Null where it is not among them.
 */
export const eventQuery = (id: string, requestId: string | undefined) =>
  queryOptions({
    queryKey: ['events', 'one', id, requestId],
    queryFn: async ({ signal }): Promise<Event | null> => {
      let after: string | null = null
      for (let searched = 0; searched < lookedThroughMax; searched += 100) {
        const query: EventFilter = {
          limit: 100,
          ...(requestId && { request: requestId }),
          ...(after && { starting_after: after }),
        }
        const page = await bodyOf(api.GET('/events', { params: { query }, signal }))
        const found = page.data.find((event) => event.id === id)
        if (found) return found
        after = page.next_cursor
        if (after === null) break
      }
      return null
    },
    refetchInterval: ({ state: { data } }) => (data && hasJustBegun(data) ? 1_000 : false),
  })

function hasJustBegun(event: Event): boolean {
  return isOpen(event) && event.outcome === null && event.created > Date.now() / 1000 - 10
}
