import type { Server } from '../http/server.ts'
import type { AddRead } from '../operations/read.ts'
import type { AddWrite } from '../operations/write.ts'
import { setStripeHeaders } from '../http/stripe-headers.ts'
import { writeCodes } from '../schema/errors.ts'
import { objectId } from '../schema/params.ts'
import type { StripeClient } from '../stripe/client.ts'
import { checkRedeemBy, couponChanges, newCoupon, toCoupon } from './coupon.ts'
import { checkCurrencyOptions, checkPolicy } from './policy.ts'
import { couponAnswer, couponSchema, deletedCouponSchema } from './answer-schema.ts'
import { couponChangesSchema, newCouponSchema } from './schema.ts'

type Dependencies = { read: AddRead; write: AddWrite; stripe: StripeClient }

const path = '/coupons/:couponId'
const params = { couponId: objectId('The Stripe coupon ID', 'SUMMER20') }

/** The four operations on one coupon. */
export function addCouponRoutes(server: Server, { read, write, stripe }: Dependencies): void {
  server.addSchema(couponSchema)
  server.addSchema(deletedCouponSchema)

  write({
    method: 'POST',
    path: '/coupons',
    scope: 'coupons:write',
    operationId: 'createCoupon',
    summary: 'Create Coupon',
    description: 'Create a coupon for a connected account.',
    body: { data: newCouponSchema, example: { name: 'Summer Sale', percent_off: 25, duration: 'once' } },
    status: 201,
    response: couponAnswer(),
    codes: [...writeCodes, 'already_exists'],
    change: 'coupon.create',
    terms(data, { keySource, policy }) {
      const terms = newCoupon(data)
      checkPolicy(terms, policy)
      // A retry may come after redeem_by has passed; then it must still get the answer of the first request.
      if (keySource === 'generated') checkRedeemBy(terms.redeem_by, new Date())
      return terms
    },
    objectId: (_, { id }) => id ?? null,
    call: (account, _, terms, key) => stripe.createCoupon(account, terms, key),
    toBody: toCoupon,
  })

  read({
    path,
    scope: 'coupons:read',
    operationId: 'retrieveCoupon',
    summary: 'Retrieve Coupon',
    params,
    response: couponAnswer(),
    handle: async ({ account, params: { couponId }, reply }) =>
      toCoupon(setStripeHeaders(reply, await stripe.retrieveCoupon(account, couponId))),
  })

  write({
    method: 'PUT',
    path,
    scope: 'coupons:write',
    operationId: 'updateCoupon',
    summary: 'Update Coupon',
    description: 'Update a coupon for a connected account.',
    params,
    body: { data: couponChangesSchema, example: { name: 'Winter Sale' } },
    response: couponAnswer('Winter Sale'),
    change: 'coupon.update',
    terms(data, { policy }) {
      const changes = couponChanges(data)
      checkCurrencyOptions(data, policy)
      return changes
    },
    objectId: ({ couponId }) => couponId,
    call: (account, { couponId }, terms, key) => stripe.updateCoupon(account, couponId, terms, key),
    toBody: toCoupon,
  })

  write({
    method: 'DELETE',
    path,
    scope: 'coupons:write',
    operationId: 'deleteCoupon',
    summary: 'Delete Coupon',
    description:
      'Customers who have the discount keep it; nobody can redeem the coupon or its promotion codes any more. Stripe keeps no ' +
      'Idempotency-Key for this: where the outcome is unknown, ask for the coupon, and `not_found` means that it is gone.',
    params,
    response: { $ref: 'DeletedCoupon#' },
    change: 'coupon.delete',
    terms: () => ({}),
    objectId: ({ couponId }) => couponId,
    call: (account, { couponId }) => stripe.deleteCoupon(account, couponId),
    toBody: ({ id }) => ({ id, object: 'coupon', deleted: true }),
  })
}
