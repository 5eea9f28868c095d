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
import { checkRedeemBy, couponChanges, couponOf, newCoupon } from './coupon.ts'
import { couponAnswer, couponChangesSchema, couponSchema, deletedCouponSchema, newCouponSchema } from './schema.ts'

type Dependencies = { accounts: Accounts; changes: Changes; stripe: StripeClient }

const tags = ['Stripe Connect']
const ofAccount = Type.Object({ accountId })
const ofCoupon = Type.Object({ accountId, couponId: objectId('The Stripe coupon ID', 'SUMMER20') })

/** The four operations on one coupon. */
export function addCouponRoutes(server: Server, { accounts, changes, stripe }: Dependencies): void {
  server.addSchema(couponSchema)
  server.addSchema(deletedCouponSchema)

  server.route({
    method: 'POST',
    url: `${accountPath}/coupons`,
    config: { access: 'agency' },
    onRequest: resolveIdempotencyKey,
    schema: {
      operationId: 'createCoupon',
      tags,
      summary: 'Create Coupon',
      description: 'Create a coupon for a connected account.',
      params: ofAccount,
      querystring: noQuery,
      headers: writeHeaders,
      body: Type.Object(
        { data: newCouponSchema },
        { ...closed, examples: [{ data: { name: 'Summer Sale', percent_off: 25, duration: 'once' } }] },
      ),
      response: {
        201: couponAnswer('Created'),
        ...refusals(...writeCodes, 'already_exists'),
      },
    },
    handler: async (request, reply) => {
      const account = await accounts.accountOf(request)
      const terms = newCoupon(request.body.data)
      // A retry may come after redeem_by has passed; then it must still get the answer of the first request.
      if (!request.mayBeRetry) checkRedeemBy(terms.redeem_by, new Date())
      const change = { operation: 'coupon.create', target: null, terms }
      const answer = await changes.record(account, originOf(request), change, (key) =>
        stripe.createCoupon(account, terms, key),
      )
      return reply.code(201).send(couponOf(setStripeHeaders(reply, answer)))
    },
  })

  server.route({
    method: 'GET',
    url: `${accountPath}/coupons/:couponId`,
    config: { access: 'agency' },
    schema: {
      operationId: 'retrieveCoupon',
      tags,
      summary: 'Retrieve Coupon',
      params: ofCoupon,
      querystring: noQuery,
      response: { 200: couponAnswer('OK'), ...refusals(...readCodes) },
    },
    handler: async (request, reply) => {
      const account = await accounts.accountOf(request)
      return reply.send(
        couponOf(setStripeHeaders(reply, await stripe.retrieveCoupon(account, request.params.couponId))),
      )
    },
  })

  server.route({
    method: 'PUT',
    url: `${accountPath}/coupons/:couponId`,
    config: { access: 'agency' },
    onRequest: resolveIdempotencyKey,
    schema: {
      operationId: 'updateCoupon',
      tags,
      summary: 'Update Coupon',
      description: 'Update a coupon for a connected account.',
      params: ofCoupon,
      querystring: noQuery,
      headers: writeHeaders,
      body: Type.Object({ data: couponChangesSchema }, { ...closed, examples: [{ data: { name: 'Winter Sale' } }] }),
      response: { 200: couponAnswer('OK', 'Winter Sale'), ...refusals(...writeCodes) },
    },
    handler: async (request, reply) => {
      const { couponId } = request.params
      const account = await accounts.accountOf(request)
      const terms = couponChanges(request.body.data)
      const change = { operation: 'coupon.update', target: couponId, terms }
      const answer = await changes.record(account, originOf(request), change, (key) =>
        stripe.updateCoupon(account, couponId, terms, key),
      )
      return reply.send(couponOf(setStripeHeaders(reply, answer)))
    },
  })

  server.route({
    method: 'DELETE',
    url: `${accountPath}/coupons/:couponId`,
    config: { access: 'agency' },
    onRequest: resolveIdempotencyKey,
    schema: {
      operationId: 'deleteCoupon',
      tags,
      summary: 'Delete Coupon',
      description:
        'Customers who have the discount keep it; nobody can redeem the coupon or its promotion codes any more. Stripe keeps no ' +
        'Idempotency-Key for this: where the outcome is unknown, ask again, and `not_found` means that it is gone.',
      params: ofCoupon,
      querystring: noQuery,
      headers: writeHeaders,
      response: { 200: { description: 'OK', $ref: 'DeletedCoupon#' }, ...refusals(...writeCodes) },
    },
    handler: async (request, reply) => {
      const { couponId } = request.params
      const account = await accounts.accountOf(request)
      const change = { operation: 'coupon.delete', target: couponId, terms: {} }
      const answer = await changes.record(account, originOf(request), change, () =>
        stripe.deleteCoupon(account, couponId),
      )
      const { id } = setStripeHeaders(reply, answer)
      return reply.send({ id, object: 'coupon', deleted: true })
    },
  })
}
