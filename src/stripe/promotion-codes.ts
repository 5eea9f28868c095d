import type Stripe from 'stripe'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import { objectPath, type Query, queryString } from './paths.ts'
import type { StripeRequest } from './request.ts'

export type StripePromotionCode = Stripe.PromotionCode
export type StripePromotionCodeTerms = Stripe.PromotionCodeCreateParams
export type StripePromotionCodeChanges = Stripe.PromotionCodeUpdateParams

/** Makes every write answer with the whole coupon. Part of the terms, because parameters must stay the same under one key. */
export const promotionCodeExpand: string[] = ['promotion.coupon']

/** Stripe's promotion codes of one connected account. */
export function stripePromotionCodes(request: StripeRequest) {
  return {
    createPromotionCode: (account: ConnectedAccount, params: StripePromotionCodeTerms, idempotencyKey: string) =>
      request<StripePromotionCode>('POST', '/v1/promotion_codes', {
        account,
        params,
        idempotencyKey,
        object: 'promotion_code',
        conflictParam: 'data.code',
      }),

    retrievePromotionCode: (account: ConnectedAccount, id: string) =>
      request<StripePromotionCode>(
        'GET',
        objectPath('promotion_code', id) + queryString({ 'expand[0]': 'promotion.coupon' }),
        { account, object: 'promotion_code' },
      ),

    updatePromotionCode: (
      account: ConnectedAccount,
      id: string,
      params: StripePromotionCodeChanges,
      idempotencyKey: string,
    ) =>
      request<StripePromotionCode>('POST', objectPath('promotion_code', id), {
        account,
        params,
        idempotencyKey,
        object: 'promotion_code',
        conflictParam: 'data.active',
      }),

    listPromotionCodes: (account: ConnectedAccount, query: Query) =>
      request<Stripe.ApiList<StripePromotionCode>>(
        'GET',
        `/v1/promotion_codes${queryString({ ...query, 'expand[0]': 'data.promotion.coupon' })}`,
        { account, object: 'list' },
      ),
  }
}
