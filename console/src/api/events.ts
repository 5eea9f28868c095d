import { queryOptions } from '@tanstack/react-query'
import type { paths } from '../../../client/schema.ts'
import { api, bodyOf } from './client.ts'

export type EventFilter = NonNullable<paths['/events']['get']['parameters']['query']>

/** One page of the agency's events, newest first. */
export const eventsQuery = (filter: EventFilter) =>
  queryOptions({
    queryKey: ['events', filter],
    queryFn: ({ signal }) => bodyOf(api.GET('/events', { params: { query: filter }, signal })),
  })
