import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, bodyOf } from './client.ts'
import { useSession } from './session.ts'

const keyNamesQuery = queryOptions({
  queryKey: ['keys', 'names'],
  queryFn: ({ signal }) => bodyOf(api.GET('/keys', { params: { query: { limit: 100 } }, signal })),
  select: ({ data }) => new Map(data.map(({ id, name }) => [id, name])),
  staleTime: 5 * 60_000,
  // A key that may not see the others knows its own name.
  retry: false,
})

/** The names of the agency's keys by id, as far as they are known. */
export function useKeyName(): (id: string) => string | undefined {
  const { key } = useSession()
  const { data } = useQuery(keyNamesQuery)
  return (id) => data?.get(id) ?? (id === key.id ? key.name : undefined)
}
