import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { paths } from '../../../client/schema.ts'
import { api, type ApiKey, bodyOf, type NewApiKey } from './client.ts'
import { useMake } from './make.ts'
import { useSession } from './session.ts'

export type NewKey = paths['/keys']['post']['requestBody']['content']['application/json']['data']
export type KeyChanges = paths['/keys/{keyId}']['put']['requestBody']['content']['application/json']['data']
export type KeyAction = 'revoke' | 'freeze' | 'unfreeze'

/** One page of the keys that the one that is signed in may manage, newest first. */
export const keysQuery = (after: string | undefined) =>
  queryOptions({
    queryKey: ['keys', 'list', after],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/keys', { params: { query: { limit: 25, ...(after && { starting_after: after }) } }, signal })),
  })

export const keyQuery = (keyId: string) =>
  queryOptions({
    queryKey: ['keys', 'one', keyId],
    queryFn: ({ signal }) => bodyOf(api.GET('/keys/{keyId}', { params: { path: { keyId } }, signal })),
  })

/** The event in which a key was made, which says by whom; null where more than a hundred came after it, or none is left. */
export const keyOriginQuery = (keyId: string) =>
  queryOptions({
    queryKey: ['events', 'origin', keyId],
    queryFn: async ({ signal }) => {
      const { data } = await bodyOf(api.GET('/events', { params: { query: { object: keyId, limit: 100 } }, signal }))
      return data.find(({ type }) => type === 'api_key.created') ?? null
    },
    staleTime: Infinity,
  })

/** The answer has the secret, which is in no query's cache: `onMade` gets it, whatever has become of the form meanwhile. */
export function useCreateKey(onMade: (made: NewApiKey) => void) {
  const queries = useQueryClient()
  const { agency } = useSession()
  return useMake(`create-key.${agency.id}`, async (data: NewKey, idempotencyKey) => {
    const params = { header: { 'idempotency-key': idempotencyKey } }
    const made = await bodyOf(api.POST('/keys', { params, body: { data } }))
    onMade(made)
    void changed(queries)
    return made
  })
}

export function useRotateKey(keyId: string, onMade: (made: NewApiKey) => void) {
  const queries = useQueryClient()
  return useMake(`rotate-key.${keyId}`, async (data: { overlap_seconds: number }, idempotencyKey) => {
    const params = { path: { keyId }, header: { 'idempotency-key': idempotencyKey } }
    const made = await bodyOf(api.POST('/keys/{keyId}/rotate', { params, body: { data } }))
    onMade(made)
    void changed(queries)
    return made
  })
}

/** To set the same limits twice is the same, so that no key has to be kept for a second try. */
export function useUpdateKey(keyId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ data }: { data: KeyChanges }) =>
      bodyOf(api.PUT('/keys/{keyId}', { params: { path: { keyId } }, body: { data } })),
    onSuccess: (key) => changed(queries, key),
  })
}

/** Revokes, freezes or unfreezes; to do it again changes nothing. */
export function useKeyAction(keyId: string, action: KeyAction) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => bodyOf(api.POST(`/keys/{keyId}/${action}`, { params: { path: { keyId } }, body: undefined })),
    onSuccess: (key) => changed(queries, key),
  })
}

async function changed(queries: QueryClient, key?: ApiKey): Promise<void> {
  if (key) queries.setQueryData(keyQuery(key.id).queryKey, key)
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['keys'] }),
    queries.invalidateQueries({ queryKey: ['events'] }),
  ])
}
