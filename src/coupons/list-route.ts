import { Type } from 'typebox'
import type { AddRead } from '../operations/read.ts'
import { limitDefault, listQuery, pageSchema, toPage } from '../schema/lists.ts'
import type { StripeClient } from '../stripe/client.ts'
import { toCoupon } from './coupon.ts'
import { listCoupons } from './list.ts'
import { searchSchema } from './answer-schema.ts'
import { searchCoupons } from './search.ts'

const query = Type.Optional(
  Type.String({
    maxLength: 200,
    pattern: '\\S',
    'x-pattern-message': 'must not be blank.',
    description: 'Gives only the coupons with this in their name or id, case aside.',
    examples: ['summer'],
  }),
)

export function addCouponListRoute(read: AddRead, stripe: StripeClient): void {
  read({
    path: '/coupons',
    scope: 'coupons:read',
    operationId: 'listCoupons',
    summary: 'List Coupons',
    description:
      'All coupons of a connected account, newest first; with `query`, those that it finds. Where the coupon that a cursor ' +
      'stands at has been deleted since, some that were made in the same second may come twice.',
    query: { ...listQuery, query },
    response: pageSchema({ $ref: 'Coupon#' }, { search: searchSchema }),
    async handle({ account, query: { limit = limitDefault, starting_after: after, query: words }, spend }) {
      if (words === undefined) {
        const { coupons, hasMore, last } = await listCoupons(stripe, account, limit, after)
        return toPage(coupons.map(toCoupon), hasMore, last)
      }
      const mayReadOn = async () => (await spend(1)) === 1
      const found = await searchCoupons(stripe, account, words.trim(), limit, after, mayReadOn)
      return {
        ...toPage(found.coupons.map(toCoupon), found.hasMore, found.last),
        search: { searched: found.searched, bound_reached: !found.isComplete },
      }
    },
  })
}
