import type Stripe from 'stripe'
import type { Mode } from '../lib/mode.ts'
import { stripeAccounts } from './accounts.ts'
import { stripeCoupons } from './coupons.ts'
import { stripePromotionCodes } from './promotion-codes.ts'
import { createStripeRequest, type RequestOptions } from './request.ts'

export type StripeClient = ReturnType<typeof createStripeClient>

/**
 * Every call of this server to Stripe; all throw only refusals. A call on a connected account takes the proof that it is the
 * caller's.
 */
export function createStripeClient({ mode, ...options }: RequestOptions & { mode: Mode }) {
  const request = createStripeRequest(options)
  return {
    mode,
    ...stripeCoupons(request),
    ...stripePromotionCodes(request),
    ...stripeAccounts(request),

    /**
     * Lists one coupon and one promotion code of the platform account; fails if the key lacks permission. Returns Stripe's
     * clock from the `Date` header, if present.
     */
    async checkPlatform(): Promise<{ stripeTime: Date | undefined }> {
      await request<Stripe.ApiList<Stripe.Coupon>>('GET', '/v1/coupons?limit=1', { object: 'list' })
      const codes = await request<Stripe.ApiList<Stripe.PromotionCode>>('GET', '/v1/promotion_codes?limit=1', {
        object: 'list',
      })
      return { stripeTime: codes.date === undefined ? undefined : new Date(codes.date) }
    },
  }
}
