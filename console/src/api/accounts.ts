import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
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

/** The agency's accounts to choose from: the first page, and once `loadAll` was called, as when the list is opened, all others. */
export function useAllAccounts() {
  const { data: accounts = [], hasNextPage, isFetching, isError, fetchNextPage } = useInfiniteQuery(accountsQuery)
  const [isWanted, setWanted] = useState(false)
  useEffect(() => {
    if (isWanted && hasNextPage && !isFetching && !isError) void fetchNextPage()
  }, [isWanted, hasNextPage, isFetching, isError, fetchNextPage])
  return { accounts, loadAll: () => setWanted(true) }
}
