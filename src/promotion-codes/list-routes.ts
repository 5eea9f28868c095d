import { Type } from 'typebox'
import type { Accounts } from '../accounts/accounts.ts'
import { unixTime } from '../schema/fields.ts'
import { closedListQuery, listQuery, pageSchema } from '../schema/lists.ts'
import { accountId, accountPath, objectId } from '../schema/params.ts'
import { readCodes, refusals } from '../schema/errors.ts'
import type { Server } from '../http/server.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import { listPromotionCodes } from './list.ts'

type Dependencies = { accounts: Accounts; stripe: StripeClient }

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
const codes = pageSchema({ $ref: 'PromotionCode#' })

export function addPromotionCodeListRoutes(server: Server, { accounts, stripe }: Dependencies): void {
  server.route({
    method: 'GET',
    url: `${accountPath}/promotion-codes`,
    config: { access: 'agency' },
    schema: {
      operationId: 'listPromotionCodes',
      tags: ['Stripe Connect'],
      summary: 'List Promotion Codes',
      description: 'The promotion codes of a connected account, newest first.',
      params: Type.Object({ accountId }),
      querystring: Type.Object({ ...listQuery, ...filters, coupon: id('Only codes of this coupon.') }, closedListQuery),
      response: { 200: codes, ...refusals(...readCodes) },
    },
    handler: async (request) => {
      const account = await accounts.accountOf(request)
      return await listPromotionCodes(stripe, account, request.query)
    },
  })

  server.route({
    method: 'GET',
    url: `${accountPath}/coupons/:couponId/promotion-codes`,
    config: { access: 'agency' },
    schema: {
      operationId: 'listPromotionCodesOfCoupon',
      tags: ['Stripe Connect'],
      summary: 'List Promotion Codes of a Coupon',
      description: 'The promotion codes of one coupon, newest first.',
      params: Type.Object({ accountId, couponId: objectId('The Stripe coupon ID', 'SUMMER20') }),
      querystring: Type.Object({ ...listQuery, ...filters }, closedListQuery),
      response: { 200: codes, ...refusals(...readCodes) },
    },
    handler: async (request) => {
      const { couponId } = request.params
      const account = await accounts.accountOf(request)
      return await listPromotionCodes(stripe, account, { ...request.query, coupon: couponId }).catch(
        (error: unknown) => {
          // For Stripe the coupon is a parameter; here it is in the path.
          if (!(error instanceof Refusal) || error.param !== 'coupon') throw error
          throw new Refusal('not_found', error.message, { param: 'couponId', cause: error })
        },
      )
    },
  })
}
