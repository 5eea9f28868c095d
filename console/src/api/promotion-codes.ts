import { queryOptions } from '@tanstack/react-query'
import type { paths } from '../../../client/schema.ts'
import { api, bodyOf } from './client.ts'

const path = '/stripe/connect/accounts/{accountId}/promotion-codes'

export type PromotionCodeFilter = NonNullable<paths[typeof path]['get']['parameters']['query']>

/** One page of an account's promotion codes, newest first. */
export const promotionCodesQuery = (accountId: string, filter: PromotionCodeFilter) =>
  queryOptions({
    queryKey: ['promotion-codes', accountId, 'list', filter],
    queryFn: ({ signal }) => bodyOf(api.GET(path, { params: { path: { accountId }, query: filter }, signal })),
  })
