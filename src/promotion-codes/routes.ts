import type { Server } from '../http/server.ts'
import { setStripeHeaders } from '../http/stripe-headers.ts'
import type { AddRead } from '../operations/read.ts'
import type { AddWrite } from '../operations/write.ts'
import { writeCodes } from '../schema/errors.ts'
import { objectId } from '../schema/params.ts'
import type { StripeClient } from '../stripe/client.ts'
import { checkExpiresAt, newPromotionCode, promotionCodeChanges, toPromotionCode } from './promotion-code.ts'
import { newPromotionCodeSchema, promotionCodeChangesSchema, promotionCodeSchema } from './schema.ts'

type Dependencies = { read: AddRead; write: AddWrite; stripe: StripeClient }

const path = '/promotion-codes/:promotionCodeId'
const params = { promotionCodeId: objectId('The Stripe promotion code ID', 'promo_1NxW2aB3cD4eF5gH6iJ7kL8m') }
const response = { $ref: 'PromotionCode#' }
const codes = [...writeCodes, 'already_exists'] as const

/** The operations on one promotion code. Stripe has no way to delete one: switch it off instead. */
export function addPromotionCodeRoutes(server: Server, { read, write, stripe }: Dependencies): void {
  server.addSchema(promotionCodeSchema)

  write({
    method: 'POST',
    path: '/promotion-codes',
    scope: 'promotion_codes:write',
    operationId: 'createPromotionCode',
    summary: 'Create Promotion Code',
    description: 'Create a code that customers type to get a coupon.',
    body: {
      data: newPromotionCodeSchema,
      example: { coupon: 'SUMMER20', code: 'SUMMER-2026', max_redemptions: 50 },
    },
    status: 201,
    response,
    codes,
    change: 'promotion_code.create',
    terms(data, { keySource }) {
      const terms = newPromotionCode(data)
      // As for a coupon's redeem_by: a retry may come after expires_at.
      if (keySource === 'generated') checkExpiresAt(terms.expires_at, new Date())
      return terms
    },
    objectId: () => null,
    call: (account, _, terms, key) => stripe.createPromotionCode(account, terms, key),
    toBody: toPromotionCode,
  })

  read({
    path,
    scope: 'promotion_codes:read',
    operationId: 'retrievePromotionCode',
    summary: 'Retrieve Promotion Code',
    params,
    response,
    handle: async ({ account, params: { promotionCodeId }, reply }) =>
      toPromotionCode(setStripeHeaders(reply, await stripe.retrievePromotionCode(account, promotionCodeId))),
  })

  write({
    method: 'PUT',
    path,
    scope: 'promotion_codes:write',
    operationId: 'updatePromotionCode',
    summary: 'Update Promotion Code',
    description: 'Switch a code off or on, or change its metadata.',
    params,
    body: { data: promotionCodeChangesSchema, example: { active: false } },
    response,
    codes,
    change: 'promotion_code.update',
    terms: promotionCodeChanges,
    objectId: ({ promotionCodeId }) => promotionCodeId,
    call: (account, { promotionCodeId }, terms, key) =>
      stripe.updatePromotionCode(account, promotionCodeId, terms, key),
    toBody: toPromotionCode,
  })
}
