import type Stripe from 'stripe'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import { objectPath, type Query, queryString } from './paths.ts'
import type { StripeRequest } from './request.ts'

export type StripeCoupon = Stripe.Coupon
type StripeCouponTerms = Stripe.CouponCreateParams
export type StripeCouponChanges = Stripe.CouponUpdateParams

/** Stripe's coupons of one connected account. */
export function stripeCoupons(request: StripeRequest) {
  return {
    createCoupon: (account: ConnectedAccount, params: StripeCouponTerms, idempotencyKey: string) =>
      request<StripeCoupon>('POST', '/v1/coupons', {
        account,
        params,
        idempotencyKey,
        object: 'coupon',
        conflictParam: 'data.id',
      }),

    retrieveCoupon: (account: ConnectedAccount, id: string) =>
      request<StripeCoupon>('GET', objectPath('coupon', id), { account, object: 'coupon' }),

    updateCoupon: (account: ConnectedAccount, id: string, params: StripeCouponChanges, idempotencyKey: string) =>
      request<StripeCoupon>('POST', objectPath('coupon', id), { account, params, idempotencyKey, object: 'coupon' }),

    deleteCoupon: (account: ConnectedAccount, id: string) =>
      request<Stripe.DeletedCoupon>('DELETE', objectPath('coupon', id), { account, object: 'coupon' }),

    listCoupons: (account: ConnectedAccount, query: Query) =>
      request<Stripe.ApiList<StripeCoupon>>('GET', `/v1/coupons${queryString(query)}`, { account, object: 'list' }),
  }
}
