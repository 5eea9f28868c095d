import { Type } from 'typebox'
import type { Accounts } from '../accounts/accounts.ts'
import { callerOf } from '../agencies/access.ts'
import { originOf } from '../agencies/origin.ts'
import { tell } from '../http/answers.ts'
import { settleIdempotencyKey } from '../http/idempotency-key.ts'
import { accountId, objectId } from '../http/params.ts'
import { noQuery, refusals } from '../http/schemas.ts'
import type { Server } from '../http/server.ts'
import type { Changes } from '../journal/changes.ts'
import type { StripeClient } from '../stripe/client.ts'
import { checkRedeemBy, couponChanges, couponOf, newCoupon } from './coupon.ts'
import { couponChangesSchema, couponSchema, newCouponSchema } from './schema.ts'

type Parts = { accounts: Accounts; changes: Changes; stripe: StripeClient }

const couponsPath = '/v1/public/stripe/connect/accounts/:accountId/coupons'
const closed = { additionalProperties: false } as const
const coupon = { $ref: 'Coupon#' }
const anyWrite = refusals(
  'invalid_request',
  'unauthenticated',
  'account_disconnected',
  'account_not_found',
  'not_found',
  'already_exists',
  'idempotency_in_progress',
  'too_large',
  'unsupported_media_type',
  'idempotency_mismatch',
  'rate_limited',
  'internal',
  'stripe_unavailable',
  'unavailable',
  'stripe_timeout',
)

export function addCouponRoutes(server: Server, { accounts, changes, stripe }: Parts): void {
  server.addSchema(couponSchema)

  server.route({
    method: 'POST',
    url: couponsPath,
    config: { access: 'agency' },
    onRequest: settleIdempotencyKey,
    schema: {
      operationId: 'createCoupon',
      tags: ['Stripe Connect'],
      summary: 'Create Coupon',
      description: 'Create a coupon for a connected account.',
      params: Type.Object({ accountId }),
      querystring: noQuery,
      body: Type.Object(
        { data: newCouponSchema },
        { ...closed, examples: [{ data: { name: 'Summer Sale', percent_off: 25, duration: 'once' } }] },
      ),
      response: { 201: { description: 'Created', ...coupon }, ...anyWrite },
    },
    handler: async (request, reply) => {
      const account = await accounts.requireAccount(callerOf(request).agencyId, request.params.accountId)
      const terms = newCoupon(request.body.data)
      // A retry may come after redeem_by has passed; then it must still get the answer of the first request.
      if (!request.mayBeRetry) checkRedeemBy(terms.redeem_by, new Date())
      const change = { operation: 'coupon.create', target: null, terms }
      const answer = await changes.record(account, originOf(request), change, (key) =>
        stripe.createCoupon(account, terms, key),
      )
      return reply.code(201).send(couponOf(tell(reply, answer)))
    },
  })

  server.route({
    method: 'PUT',
    url: `${couponsPath}/:couponId`,
    config: { access: 'agency' },
    onRequest: settleIdempotencyKey,
    schema: {
      operationId: 'updateCoupon',
      tags: ['Stripe Connect'],
      summary: 'Update Coupon',
      description: 'Update a coupon for a connected account.',
      params: Type.Object({ accountId, couponId: objectId('The Stripe coupon ID', 'SUMMER20') }),
      querystring: noQuery,
      body: Type.Object({ data: couponChangesSchema }, { ...closed, examples: [{ data: { name: 'Winter Sale' } }] }),
      response: { 200: { description: 'OK', ...coupon }, ...anyWrite },
    },
    handler: async (request, reply) => {
      const { couponId, accountId: id } = request.params
      const account = await accounts.requireAccount(callerOf(request).agencyId, id)
      const terms = couponChanges(request.body.data)
      const change = { operation: 'coupon.update', target: couponId, terms }
      const answer = await changes.record(account, originOf(request), change, (key) =>
        stripe.updateCoupon(account, couponId, terms, key),
      )
      return reply.send(couponOf(tell(reply, answer)))
    },
  })
}
