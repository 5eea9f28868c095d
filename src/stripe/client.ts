import Stripe from 'stripe'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Answer } from '../lib/answer.ts'
import { Refusal } from '../lib/refusal.ts'
import { refusalOf } from './errors.ts'
import { type Send, WireClient } from './http-client.ts'

export type StripeCoupon = Stripe.Coupon
export type StripeCouponTerms = Stripe.CouponCreateParams
export type StripeCouponChanges = Stripe.CouponUpdateParams

/** The version of Stripe's API that every request names and every answer is read in. */
const apiVersion = '2026-10-28.endive'

export type StripeOptions = {
  secretKey: string
  send: Send
  /** For one try; with retries a call can take some three times as long. */
  timeoutMs: number
  retriesMax: number
}

export type StripeClient = ReturnType<typeof createStripeClient>

/**
 * Every call this server makes to Stripe. Each takes the proof that the account is the caller's and throws only refusals.
 * `rawRequest` keeps the SDK's headers, form encoding, retries and error classes at two thirds of the cost.
 */
export function createStripeClient({ secretKey, send, timeoutMs, retriesMax }: StripeOptions) {
  const stripe = new Stripe(secretKey, {
    apiVersion,
    httpClient: new WireClient(send),
    maxNetworkRetries: retriesMax,
    telemetry: false,
    timeout: timeoutMs,
  })

  const ask = async <T extends { object: string }>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    options: Ask,
  ): Promise<Dated<T>> => {
    try {
      const answer: Stripe.Response<T> = await stripe.rawRequest(method, path, options.params, {
        ...(options.account && { stripeAccount: options.account.id }),
        ...(options.key !== undefined && { idempotencyKey: options.key }),
      })
      // Something that is not Stripe can answer 200 as well.
      if (answer.object !== options.object) throw new Error(`The answer is not a ${options.object}.`)
      const { headers } = answer.lastResponse
      return {
        value: answer,
        requestId: headers['request-id'],
        replayed: headers['idempotent-replayed'] === 'true',
        date: headers['date'],
      }
    } catch (error) {
      throw refusalOf(error, method !== 'GET')
    }
  }

  return {
    createCoupon: (account: ConnectedAccount, params: StripeCouponTerms, key: string) =>
      ask<StripeCoupon>('POST', '/v1/coupons', { account, params, key, object: 'coupon' }),

    updateCoupon: (account: ConnectedAccount, couponId: string, params: StripeCouponChanges, key: string) =>
      ask<StripeCoupon>('POST', couponPath(couponId), { account, params, key, object: 'coupon' }),

    /** Asks for one coupon of the account: whether the platform may work on it. */
    checkAccount: (account: ConnectedAccount) =>
      ask<CouponList>('GET', '/v1/coupons?limit=1', { account, object: 'list' }),

    /** A new connected account of the platform; its id. For the sandbox, where an account costs nothing. */
    async createAccount(): Promise<string> {
      return (await ask<Stripe.Account>('POST', '/v1/accounts', { params: { type: 'standard' }, object: 'account' }))
        .value.id
    },

    /** Asks for the platform's own coupons: the least that shows whether the key is good. Tells Stripe's time, if it did. */
    async checkPlatform(): Promise<{ stripeTime: Date | undefined }> {
      const { date } = await ask<CouponList>('GET', '/v1/coupons?limit=1', { object: 'list' })
      return { stripeTime: date === undefined ? undefined : new Date(date) }
    },
  }
}

type CouponList = Stripe.ApiList<StripeCoupon>
type Dated<T> = Answer<T> & { date: string | undefined }

type Ask = {
  account?: ConnectedAccount
  params?: object
  key?: string
  /** The type of object that must come back. */
  object: 'coupon' | 'list' | 'account'
}

function couponPath(id: string): string {
  // As a path segment these two would name another resource than a coupon.
  if (id === '.' || id === '..') {
    throw new Refusal('not_found', `No such coupon: '${id}'`, { param: 'couponId' })
  }
  return `/v1/coupons/${encodeURIComponent(id)}`
}
