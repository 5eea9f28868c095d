import { Type } from 'typebox'
import type { Accounts } from '../accounts/accounts.ts'
import { originOf } from '../agencies/origin.ts'
import { setStripeHeaders } from '../http/stripe-headers.ts'
import { closed } from '../schema/fields.ts'
import { resolveIdempotencyKey, writeHeaders } from '../idempotency/key.ts'
import { accountId, accountPath, objectId } from '../schema/params.ts'
import { noQuery, readCodes, refusals, writeCodes } from '../schema/errors.ts'
import type { Server } from '../http/server.ts'
import type { Changes } from '../journal/changes.ts'
import type { StripeClient } from '../stripe/client.ts'
import { checkExpiresAt, newPromotionCode, promotionCodeChanges, promotionCodeOf } from './promotion-code.ts'
import { newPromotionCodeSchema, promotionCodeChangesSchema, promotionCodeSchema } from './schema.ts'

type Dependencies = { accounts: Accounts; changes: Changes; stripe: StripeClient }

const tags = ['Stripe Connect']
const ofCode = Type.Object({
  accountId,
  promotionCodeId: objectId('The Stripe promotion code ID', 'promo_1NxW2aB3cD4eF5gH6iJ7kL8m'),
})
const promotionCode = { description: 'OK', $ref: 'PromotionCode#' }

/** The operations on one promotion code. Stripe has no way to delete one: switch it off instead. */
export function addPromotionCodeRoutes(server: Server, { accounts, changes, stripe }: Dependencies): void {
  server.addSchema(promotionCodeSchema)

  server.route({
    method: 'POST',
    url: `${accountPath}/promotion-codes`,
    config: { access: 'agency' },
    onRequest: resolveIdempotencyKey,
    schema: {
      operationId: 'createPromotionCode',
      tags,
      summary: 'Create Promotion Code',
      description: 'Create a code that customers type to get a coupon.',
      params: Type.Object({ accountId }),
      querystring: noQuery,
      headers: writeHeaders,
      body: Type.Object(
        { data: newPromotionCodeSchema },
        { ...closed, examples: [{ data: { coupon: 'SUMMER20', code: 'SUMMER-2026', max_redemptions: 50 } }] },
      ),
      response: {
        201: { ...promotionCode, description: 'Created' },
        ...refusals(...writeCodes, 'already_exists'),
      },
    },
    handler: async (request, reply) => {
      const account = await accounts.accountOf(request)
      const terms = newPromotionCode(request.body.data)
      // As for a coupon's redeem_by: a retry may come after expires_at.
      if (!request.mayBeRetry) checkExpiresAt(terms.expires_at, new Date())
      const change = { operation: 'promotion_code.create', target: null, terms }
      const answer = await changes.record(account, originOf(request), change, (key) =>
        stripe.createPromotionCode(account, terms, key),
      )
      return reply.code(201).send(promotionCodeOf(setStripeHeaders(reply, answer)))
    },
  })

  server.route({
    method: 'GET',
    url: `${accountPath}/promotion-codes/:promotionCodeId`,
    config: { access: 'agency' },
    schema: {
      operationId: 'retrievePromotionCode',
      tags,
      summary: 'Retrieve Promotion Code',
      params: ofCode,
      querystring: noQuery,
      response: { 200: promotionCode, ...refusals(...readCodes) },
    },
    handler: async (request, reply) => {
      const account = await accounts.accountOf(request)
      const answer = await stripe.retrievePromotionCode(account, request.params.promotionCodeId)
      return reply.send(promotionCodeOf(setStripeHeaders(reply, answer)))
    },
  })

  server.route({
    method: 'PUT',
    url: `${accountPath}/promotion-codes/:promotionCodeId`,
    config: { access: 'agency' },
    onRequest: resolveIdempotencyKey,
    schema: {
      operationId: 'updatePromotionCode',
      tags,
      summary: 'Update Promotion Code',
      description: 'Switch a code off or on, or change its metadata.',
      params: ofCode,
      querystring: noQuery,
      headers: writeHeaders,
      body: Type.Object({ data: promotionCodeChangesSchema }, { ...closed, examples: [{ data: { active: false } }] }),
      response: { 200: promotionCode, ...refusals(...writeCodes, 'already_exists') },
    },
    handler: async (request, reply) => {
      const { promotionCodeId } = request.params
      const account = await accounts.accountOf(request)
      const terms = promotionCodeChanges(request.body.data)
      const change = { operation: 'promotion_code.update', target: promotionCodeId, terms }
      const answer = await changes.record(account, originOf(request), change, (key) =>
        stripe.updatePromotionCode(account, promotionCodeId, terms, key),
      )
      return reply.send(promotionCodeOf(setStripeHeaders(reply, answer)))
    },
  })
}
