import { Type } from 'typebox'
import type { Accounts } from '../accounts/accounts.ts'
import { callerOf } from '../agencies/authorize.ts'
import { accountId, accountPath } from '../schema/params.ts'
import { localCodes, noQuery, refusals } from '../schema/errors.ts'
import type { Server } from '../http/server.ts'
import { checkCurrency, checkRedeemBy, knownAsOption, newCoupon } from './coupon.ts'
import { checkPolicy } from './policy.ts'
import { previewBody, previewSchema } from './preview-schema.ts'
import { previewOf } from './preview.ts'

export function addCouponPreviewRoute(server: Server, accounts: Accounts): void {
  server.addSchema(previewSchema)

  server.route({
    method: 'POST',
    url: `${accountPath}/coupons/preview`,
    config: { access: 'coupons:read' },
    schema: {
      operationId: 'previewCoupon',
      tags: ['Stripe Connect'],
      summary: 'Preview Coupon',
      description: 'Takes the body of Create Coupon, makes nothing, and says what the coupon would be and do.',
      params: Type.Object({ accountId }),
      querystring: noQuery,
      body: previewBody,
      response: { 200: { description: 'OK', $ref: 'CouponPreview#' }, ...refusals(...localCodes) },
    },
    handler: async (request) => {
      await accounts.accountOf(request)
      const { data, samples = [] } = request.body
      const now = new Date()
      const terms = newCoupon(data)
      checkRedeemBy(terms.redeem_by, now)
      checkPolicy(terms, callerOf(request).bounds)
      for (const [index, sample] of samples.entries())
        checkCurrency(`samples.${index}.currency`, sample.currency, knownAsOption)
      const lowered = samples.map(({ amount, currency }) => ({ amount, currency: currency.toLowerCase() }))
      return previewOf(terms, lowered, now)
    },
  })
}
