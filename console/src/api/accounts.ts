import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, bodyOf } from './client.ts'

/** The agency's accounts, a page at a time. */
export const accountsQuery = infiniteQueryOptions({
  queryKey: ['accounts'],
  queryFn: ({ pageParam, signal }) =>
    bodyOf(
      api.GET('/stripe/connect/accounts', {
        params: { query: { limit: 50, ...(pageParam && { starting_after: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: '',
  getNextPageParam: (page) => page.next_cursor,
  select: ({ pages }) => pages.flatMap(({ data }) => data),
  staleTime: 5 * 60_000,
})
