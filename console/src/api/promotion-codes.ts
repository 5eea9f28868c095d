import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { paths } from '../../../client/schema.ts'
import { api, bodyOf } from './client.ts'
import { useMake } from './make.ts'

const path = '/stripe/connect/accounts/{accountId}/promotion-codes'
const onePath = '/stripe/connect/accounts/{accountId}/promotion-codes/{promotionCodeId}'

export type PromotionCodeFilter = NonNullable<paths[typeof path]['get']['parameters']['query']>
export type NewPromotionCode = paths[typeof path]['post']['requestBody']['content']['application/json']['data']

/** One page of an account's promotion codes, newest first. */
export const promotionCodesQuery = (accountId: string, filter: PromotionCodeFilter) =>
  queryOptions({
    queryKey: ['promotion-codes', accountId, 'list', filter],
    queryFn: ({ signal }) => bodyOf(api.GET(path, { params: { path: { accountId }, query: filter }, signal })),
  })

export const promotionCodeQuery = (accountId: string, promotionCodeId: string) =>
  queryOptions({
    queryKey: ['promotion-codes', accountId, 'one', promotionCodeId],
    queryFn: ({ signal }) => bodyOf(api.GET(onePath, { params: { path: { accountId, promotionCodeId } }, signal })),
  })

export function useCreatePromotionCode(accountId: string) {
  const queries = useQueryClient()
  return useMake(`promotion-code.${accountId}`, async (data: NewPromotionCode, idempotencyKey) => {
    const params = { path: { accountId }, header: { 'idempotency-key': idempotencyKey } }
    const made = await bodyOf(api.POST(path, { params, body: { data } }))
    queries.setQueryData(promotionCodeQuery(accountId, made.id).queryKey, made)
    void queries.invalidateQueries({ queryKey: ['promotion-codes', accountId, 'list'] })
    void queries.invalidateQueries({ queryKey: ['events'] })
    return made
  })
}

/** Switches a code off or on. To do it twice is the same, so that no key has to be kept for a second try. */
export function useSwitchPromotionCode(accountId: string, promotionCodeId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (active: boolean) =>
      bodyOf(api.PUT(onePath, { params: { path: { accountId, promotionCodeId } }, body: { data: { active } } })),
    onSuccess: async (code) => {
      queries.setQueryData(promotionCodeQuery(accountId, promotionCodeId).queryKey, code)
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['promotion-codes', accountId, 'list'] }),
        queries.invalidateQueries({ queryKey: ['events'] }),
      ])
    },
  })
}
