import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type CouponStatus, couponStatus } from '../lib/coupon-status.ts'
import { api, bodyOf, type Coupon } from './client.ts'

const listPath = '/stripe/connect/accounts/{accountId}/coupons'
const onePath = '/stripe/connect/accounts/{accountId}/coupons/{couponId}'

export type CouponsFilter = {
  query?: string | undefined
  status?: CouponStatus | undefined
  after?: string | undefined
}
export type CouponsPage = {
  coupons: Coupon[]
  /** Goes on after these; null at the end. */
  next: string | null
  /** How many were looked through, where more than those that are shown. */
  searched: number | undefined
}

/** The API cannot filter by status, so these pages are read for one page here before the reader is asked to go on. */
const pagesMax = 5
const wanted = 25

/** One page of an account's coupons, newest first. */
export const couponsQuery = (accountId: string, filter: CouponsFilter) =>
  queryOptions({
    queryKey: ['coupons', accountId, 'list', filter],
    queryFn: async ({ signal }): Promise<CouponsPage> => {
      const { query, status } = filter
      const coupons: Coupon[] = []
      let next: string | null = filter.after ?? null
      let searched = 0
      let isComplete = true
      for (let pages = 0; pages < (status ? pagesMax : 1) && coupons.length < wanted; pages += 1) {
        const page = await readPage(
          accountId,
          { ...(query && { query }), ...(next && { starting_after: next }) },
          signal,
        )
        const fitting = status ? page.data.filter((coupon) => couponStatus(coupon) === status) : page.data
        coupons.push(...fitting)
        searched += page.search?.searched ?? page.data.length
        isComplete &&= fitting.length === page.data.length && page.search?.bound_reached !== true
        next = page.next_cursor
        if (next === null) break
      }
      return { coupons, next, searched: isComplete ? undefined : searched }
    },
  })

function readPage(accountId: string, query: { query?: string; starting_after?: string }, signal: AbortSignal) {
  return bodyOf(api.GET(listPath, { params: { path: { accountId }, query: { limit: 50, ...query } }, signal }))
}

/** How many of the newest coupons the overview looks at. */
const newestMax = 500

/** The newest coupons of an account, up to `newestMax`, and whether there are more. */
export const newestCouponsQuery = (accountId: string) =>
  queryOptions({
    queryKey: ['coupons', accountId, 'newest'],
    queryFn: async ({ signal }) => {
      const coupons: Coupon[] = []
      let next: string | null = null
      do {
        const query: { limit: number; starting_after?: string } = { limit: 100, ...(next && { starting_after: next }) }
        const page = await bodyOf(api.GET(listPath, { params: { path: { accountId }, query }, signal }))
        coupons.push(...page.data)
        next = page.next_cursor
      } while (next !== null && coupons.length < newestMax)
      return { coupons, hasMore: next !== null }
    },
    staleTime: 60_000,
  })

export const couponQuery = (accountId: string, couponId: string) =>
  queryOptions({
    queryKey: ['coupons', accountId, 'one', couponId],
    queryFn: ({ signal }) => bodyOf(api.GET(onePath, { params: { path: { accountId, couponId } }, signal })),
  })

/** Renaming to the same name twice is the same, so that no key has to be kept for a second try. */
export function useRenameCoupon(accountId: string, couponId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) =>
      bodyOf(api.PUT(onePath, { params: { path: { accountId, couponId } }, body: { data: { name } } })),
    onSuccess: async (coupon) => {
      queries.setQueryData(couponQuery(accountId, couponId).queryKey, coupon)
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['coupons', accountId, 'list'] }),
        queries.invalidateQueries({ queryKey: ['coupons', accountId, 'newest'] }),
        queries.invalidateQueries({ queryKey: ['events'] }),
      ])
    },
  })
}

export function useDeleteCoupon(accountId: string, couponId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => bodyOf(api.DELETE(onePath, { params: { path: { accountId, couponId } } })),
    onSuccess: () => {
      queries.removeQueries({ queryKey: couponQuery(accountId, couponId).queryKey })
      void queries.invalidateQueries({ queryKey: ['coupons', accountId, 'list'] })
      void queries.invalidateQueries({ queryKey: ['coupons', accountId, 'newest'] })
      void queries.invalidateQueries({ queryKey: ['promotion-codes', accountId] })
      void queries.invalidateQueries({ queryKey: ['events'] })
    },
  })
}
