import { Type } from 'typebox'
import { Refusal } from '../lib/refusal.ts'
import type { AddRead } from '../operations/read.ts'
import { unixTime } from '../schema/fields.ts'
import { listQuery, pageSchema } from '../schema/lists.ts'
import { objectId } from '../schema/params.ts'
import type { StripeClient } from '../stripe/client.ts'
import { listPromotionCodes } from './list.ts'

const seconds = (description: string) => Type.Optional(unixTime({ description }))
const id = (description: string) => Type.Optional(Type.String({ maxLength: 5000, description }))

const filters = {
  active: Type.Optional(Type.Boolean({ description: 'Only codes that can be redeemed, or only those that cannot.' })),
  code: Type.Optional(Type.String({ maxLength: 500, description: 'Only this code, case aside.' })),
  customer: id('Only codes for this customer.'),
  created: seconds('Only codes made at this second.'),
  'created[gt]': seconds('Only codes made after this second.'),
  'created[gte]': seconds('Only codes made at or after this second.'),
  'created[lt]': seconds('Only codes made before this second.'),
  'created[lte]': seconds('Only codes made at or before this second.'),
}
const response = pageSchema({ $ref: 'PromotionCode#' })

export function addPromotionCodeListRoutes(read: AddRead, stripe: StripeClient): void {
  read({
    path: '/promotion-codes',
    scope: 'promotion_codes:read',
    operationId: 'listPromotionCodes',
    summary: 'List Promotion Codes',
    description: 'The promotion codes of a connected account, newest first.',
    query: { ...listQuery, ...filters, coupon: id('Only codes of this coupon.') },
    response,
    handle: async ({ account, query }) => await listPromotionCodes(stripe, account, query),
  })

  read({
    path: '/coupons/:couponId/promotion-codes',
    scope: 'promotion_codes:read',
    operationId: 'listPromotionCodesOfCoupon',
    summary: 'List Promotion Codes of a Coupon',
    description: 'The promotion codes of one coupon, newest first.',
    params: { couponId: objectId('The Stripe coupon ID', 'SUMMER20') },
    query: { ...listQuery, ...filters },
    response,
    handle: async ({ account, params: { couponId }, query }) =>
      await listPromotionCodes(stripe, account, { ...query, coupon: couponId }).catch((error: unknown) => {
        // For Stripe the coupon is a parameter; here it is in the path.
        if (!(error instanceof Refusal) || error.param !== 'coupon') throw error
        throw new Refusal('not_found', error.message, { param: 'couponId', cause: error })
      }),
  })
}
