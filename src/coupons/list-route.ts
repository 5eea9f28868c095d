import { Type } from 'typebox'
import type { Accounts } from '../accounts/accounts.ts'
import { closedListQuery, limitDefault, listQuery, toPage, pageSchema } from '../schema/lists.ts'
import { accountId, accountPath } from '../schema/params.ts'
import { readCodes, refusals } from '../schema/errors.ts'
import type { Server } from '../http/server.ts'
import type { StripeClient } from '../stripe/client.ts'
import { couponOf } from './coupon.ts'
import { listCoupons } from './list.ts'
import { searchSchema } from './schema.ts'
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

export function addCouponListRoute(
  server: Server,
  { accounts, stripe }: { accounts: Accounts; stripe: StripeClient },
): void {
  server.route({
    method: 'GET',
    url: `${accountPath}/coupons`,
    config: { access: 'agency' },
    schema: {
      operationId: 'listCoupons',
      tags: ['Stripe Connect'],
      summary: 'List Coupons',
      description:
        'All coupons of a connected account, newest first; with `query`, those that it finds. Where the coupon that a cursor ' +
        'stands at has been deleted since, some that were made in the same second may come twice.',
      params: Type.Object({ accountId }),
      querystring: Type.Object({ ...listQuery, query }, closedListQuery),
      response: { 200: pageSchema({ $ref: 'Coupon#' }, { search: searchSchema }), ...refusals(...readCodes) },
    },
    handler: async (request) => {
      const { limit = limitDefault, starting_after, query: words } = request.query
      const account = await accounts.accountOf(request)
      if (words === undefined) {
        const { coupons, hasMore, last } = await listCoupons(stripe, account, limit, starting_after)
        return toPage(coupons.map(couponOf), hasMore, last)
      }
      const found = await searchCoupons(stripe, account, words.trim(), limit, starting_after)
      return {
        ...toPage(found.coupons.map(couponOf), found.hasMore, found.last),
        search: { searched: found.searched, bound_reached: !found.isComplete },
      }
    },
  })
}
