import { queryOptions } from '@tanstack/react-query'
import { api, bodyOf } from './client.ts'

const path = '/stripe/connect/accounts/{accountId}/coupons'

export type CouponsPage = { after?: string | undefined; query?: string | undefined; limit?: number }

/** One page of an account's coupons, newest first. */
export const couponsQuery = (accountId: string, { after, query, limit = 50 }: CouponsPage) =>
  queryOptions({
    queryKey: ['coupons', accountId, 'list', { after, query, limit }],
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET(path, {
          params: {
            path: { accountId },
            query: { limit, ...(after && { starting_after: after }), ...(query && { query }) },
          },
          signal,
        }),
      ),
  })

export const couponQuery = (accountId: string, couponId: string) =>
  queryOptions({
    queryKey: ['coupons', accountId, 'one', couponId],
    queryFn: ({ signal }) =>
      bodyOf(api.GET(`${path}/{couponId}`, { params: { path: { accountId, couponId } }, signal })),
  })
