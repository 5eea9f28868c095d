import Stripe from 'stripe'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Answer } from '../lib/answer.ts'
import type { Mode } from '../lib/mode.ts'
import { Refusal } from '../lib/refusal.ts'
import { refusalOf } from './errors.ts'
import { type Send, tries, WireClient } from './http-client.ts'

export type StripeAccount = Stripe.Account
export type StripeCoupon = Stripe.Coupon
export type StripeCouponTerms = Stripe.CouponCreateParams
export type StripeCouponChanges = Stripe.CouponUpdateParams
export type StripePromotionCode = Stripe.PromotionCode
export type StripePromotionCodeTerms = Stripe.PromotionCodeCreateParams
export type StripePromotionCodeChanges = Stripe.PromotionCodeUpdateParams

/** A list's parameters, named as in Stripe's query. */
export type Query = Record<string, string | number | boolean | undefined>

/** The version of Stripe's API that every request names and every answer is read in. */
const apiVersion = '2026-10-28.endive'

export type StripeOptions = {
  secretKey: string
  mode: Mode
  send: Send
  /** For one try; with retries a call can take some three times as long. */
  timeoutMs: number
  retriesMax: number
}

export type StripeClient = ReturnType<typeof createStripeClient>

/**
 * Every call this server makes to Stripe; all throw only refusals. Each takes the proof that the account is the caller's, but
 * for the last two, which are the operator's own.
 * `rawRequest` keeps the SDK's headers, form encoding, retries and error classes, and costs less than its generated methods.
 */
export function createStripeClient({ secretKey, mode, send, timeoutMs, retriesMax }: StripeOptions) {
  const stripe = new Stripe(secretKey, {
    apiVersion,
    httpClient: new WireClient(send),
    maxNetworkRetries: retriesMax,
    telemetry: false,
    timeout: timeoutMs,
  })

  const ask = async <T extends { object: string; id?: string }>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { account, params, key, object, taken }: Ask,
  ): Promise<Dated<T>> => {
    const call = { someUnclear: false }
    const options = {
      ...(account && { stripeAccount: account.id }),
      ...(key !== undefined && { idempotencyKey: key }),
      // Stripe keeps no Idempotency-Key for a DELETE: a second try would be told that there is no such object.
      ...(method === 'DELETE' && { maxNetworkRetries: 0 }),
    }
    try {
      const answer: Stripe.Response<T> = await tries.run(call, () => stripe.rawRequest(method, path, params, options))
      // Something that is not Stripe can answer 200 as well.
      const isWhole = answer.object === object && (object === 'list' || typeof answer.id === 'string')
      if (!isWhole) throw new Error(`The answer is not a ${object}.`)
      const { headers } = answer.lastResponse
      return {
        value: answer,
        requestId: headers['request-id'],
        replayed: headers['idempotent-replayed'] === 'true',
        date: headers['date'],
      }
    } catch (error) {
      throw refusalOf(error, { method, params, taken, mayBeApplied: method !== 'GET' && call.someUnclear })
    }
  }

  const list = <T>(path: string, query: Query, account?: ConnectedAccount) =>
    ask<Stripe.ApiList<T>>('GET', path + queryString(query), { ...(account && { account }), object: 'list' })

  return {
    mode,

    createCoupon: (account: ConnectedAccount, params: StripeCouponTerms, key: string) =>
      ask<StripeCoupon>('POST', '/v1/coupons', { account, params, key, object: 'coupon', taken: 'data.id' }),

    retrieveCoupon: (account: ConnectedAccount, couponId: string) =>
      ask<StripeCoupon>('GET', pathOf('coupon', couponId), { account, object: 'coupon' }),

    updateCoupon: (account: ConnectedAccount, couponId: string, params: StripeCouponChanges, key: string) =>
      ask<StripeCoupon>('POST', pathOf('coupon', couponId), { account, params, key, object: 'coupon' }),

    deleteCoupon: (account: ConnectedAccount, couponId: string) =>
      ask<Stripe.DeletedCoupon>('DELETE', pathOf('coupon', couponId), { account, object: 'coupon' }),

    listCoupons: (account: ConnectedAccount, query: Query) => list<StripeCoupon>('/v1/coupons', query, account),

    createPromotionCode: (account: ConnectedAccount, terms: StripePromotionCodeTerms, key: string) =>
      ask<StripePromotionCode>('POST', '/v1/promotion_codes', {
        account,
        params: { ...terms, expand: ['promotion.coupon'] },
        key,
        object: 'promotion_code',
        taken: 'data.code',
      }),

    retrievePromotionCode: (account: ConnectedAccount, id: string) =>
      ask<StripePromotionCode>('GET', pathOf('promotion_code', id) + queryString({ 'expand[0]': 'promotion.coupon' }), {
        account,
        object: 'promotion_code',
      }),

    updatePromotionCode: (account: ConnectedAccount, id: string, changes: StripePromotionCodeChanges, key: string) =>
      ask<StripePromotionCode>('POST', pathOf('promotion_code', id), {
        account,
        params: { ...changes, expand: ['promotion.coupon'] },
        key,
        object: 'promotion_code',
        taken: 'data.active',
      }),

    listPromotionCodes: (account: ConnectedAccount, query: Query) =>
      list<StripePromotionCode>('/v1/promotion_codes', { ...query, 'expand[0]': 'data.promotion.coupon' }, account),

    retrieveAccount: (account: ConnectedAccount) =>
      ask<StripeAccount>('GET', `/v1/accounts/${account.id}`, { object: 'account' }),

    /** A new connected account of the platform; its id. For the sandbox, where an account costs nothing. */
    async createAccount(name: string): Promise<string> {
      const params = { type: 'standard', business_profile: { name } }
      return (await ask<StripeAccount>('POST', '/v1/accounts', { params, object: 'account' })).value.id
    },

    /** Reads what the platform itself has of what this server works on: a good key may. Tells Stripe's time, if it did. */
    async checkPlatform(): Promise<{ stripeTime: Date | undefined }> {
      await list<StripeCoupon>('/v1/coupons', { limit: 1 })
      const { date } = await list<StripePromotionCode>('/v1/promotion_codes', { limit: 1 })
      return { stripeTime: date === undefined ? undefined : new Date(date) }
    },
  }
}

type Dated<T> = Answer<T> & { date: string | undefined }

type Ask = {
  account?: ConnectedAccount
  params?: object
  key?: string
  /** The type of object that must come back. */
  object: 'coupon' | 'promotion_code' | 'list' | 'account'
  /** Our name of the field that is at fault where what it names is taken already. */
  taken?: string
}

function pathOf(type: 'coupon' | 'promotion_code', id: string): string {
  // As a path segment these two would name another resource.
  if (id === '.' || id === '..') {
    const param = type === 'coupon' ? 'couponId' : 'promotionCodeId'
    throw new Refusal('not_found', `No such ${type.replace('_', ' ')}: '${id}'`, { param })
  }
  return `/v1/${type}s/${encodeURIComponent(id)}`
}

function queryString(query: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? '' : `?${search.toString()}`
}
