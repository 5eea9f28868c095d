import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, bodyOf } from './client.ts'
import { useSession } from './session.ts'

const keyNamesQuery = queryOptions({
  queryKey: ['keys', 'names'],
  queryFn: ({ signal }) => bodyOf(api.GET('/keys', { params: { query: { limit: 100 } }, signal })),
  select: ({ data }) => new Map(data.map(({ id, name }) => [id, name])),
  staleTime: 5 * 60_000,
})

/** The names of the agency's keys by id, as far as the key that is signed in may see them: it knows its own at least. */
export function useKeyNames(): ReadonlyMap<string, string> {
  const { key } = useSession()
  const { data } = useQuery({ ...keyNamesQuery, enabled: key.scopes.includes('keys:manage') })
  return data ?? new Map([[key.id, key.name]])
}

export function useKeyName(): (id: string) => string | undefined {
  const { key } = useSession()
  const names = useKeyNames()
  return (id) => names.get(id) ?? (id === key.id ? key.name : undefined)
}
