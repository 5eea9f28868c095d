import type Stripe from 'stripe'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Answer } from '../lib/answer.ts'
import { Refusal } from '../lib/refusal.ts'
import { CallQueue, type CallQueueLimits } from './call-queue.ts'
import { fromStripe, relayedRequestId } from './errors.ts'
import { attempts, type Call, type Send, WireClient } from './http-client.ts'
import { type CallObserver, endpointOf } from './observer.ts'
import { Sdk } from './sdk.ts'

/** The version of Stripe's API for every request and its answer. */
const apiVersion = '2026-10-28.endive'

export type RequestOptions = {
  secretKey: string
  send: Send
  /** For one attempt; with retries a call can take some three times as long. */
  timeoutMs: number
  retriesMax: number
  queueLimits?: Partial<CallQueueLimits>
  observers?: readonly CallObserver[]
}

type Request = {
  /** The account of the call; none for the platform's own. */
  account?: ConnectedAccount
  /** The account under which the call is queued, if it is about an account but not on it. */
  queueAs?: ConnectedAccount
  params?: object
  idempotencyKey?: string
  /** The type of object that must come back. */
  object: 'coupon' | 'promotion_code' | 'list' | 'account'
  /** Our name of the field at fault if the object exists already. */
  conflictParam?: string
}

type Method = 'GET' | 'POST' | 'DELETE'
type Dated<T> = Answer<T> & { date: string | undefined }

export type StripeRequest = ReturnType<typeof createStripeRequest>

/** The largest answers that are read: many times what Stripe sends. */
const objectBytesMax = 1_000_000
const listBytesMax = 8_000_000

/**
 * One call to Stripe with its deadline, its retries and everything that it throws as a refusal. `rawRequest` keeps the SDK's
 * headers, form encoding, retries and error classes, and costs less than its generated methods.
 */
export function createStripeRequest({
  secretKey,
  send: transport,
  timeoutMs,
  retriesMax,
  queueLimits,
  observers = [],
}: RequestOptions) {
  const queue = new CallQueue(queueLimits)
  const stripe = new Sdk(secretKey, {
    apiVersion,
    httpClient: new WireClient(transport),
    maxNetworkRetries: retriesMax,
    telemetry: false,
    timeout: timeoutMs,
  })

  return async <T extends { object: string; id?: string }>(
    method: Method,
    path: string,
    { account, queueAs = account, params, idempotencyKey, object, conflictParam }: Request,
  ): Promise<Dated<T>> => {
    const bytesMax = object === 'list' ? listBytesMax : objectBytesMax
    const call: Call = { bytesMax, hasAmbiguousAttempt: false, retries: -1 }
    const observed = observers.map((observe) => observe(endpointOf(method, path)))
    const options = {
      ...(account && { stripeAccount: account.id }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      // Stripe keeps no Idempotency-Key for a DELETE: a second attempt would be told that there is no such object.
      ...(method === 'DELETE' && { maxNetworkRetries: 0 }),
    }
    try {
      const send = async (hasWaited = false) => {
        // Until now nothing was sent, and in the meantime a key may have been revoked or frozen.
        if (hasWaited && method !== 'GET') await account?.recheck?.()
        for (const one of observed) one.started()
        return await attempts.run(call, () => stripe.rawRequest(method, path, params, options))
      }
      // The SDK's deadline begins when the call leaves the queue.
      const value: Stripe.Response<T> = await (queueAs ? queue.run(queueAs, send) : send())
      // Something that is not Stripe can answer 200 as well.
      const isExpected = value.object === object && (object === 'list' || typeof value.id === 'string')
      if (!isExpected) throw new Error(`The answer is not a ${object}.`)
      const { headers } = value.lastResponse
      const requestId = relayedRequestId(headers['request-id'])
      for (const one of observed) one.ended({ retries: call.retries, stripeRequestId: requestId })
      return {
        value,
        requestId,
        replayed: headers['idempotent-replayed'] === 'true',
        hasAmbiguousAttempt: call.hasAmbiguousAttempt,
        date: headers['date'],
      }
    } catch (error) {
      const mayBeApplied = method !== 'GET' && call.hasAmbiguousAttempt
      const asked = { method, params, conflictParam, mayBeApplied }
      const refusal = error instanceof Refusal ? error : fromStripe(call.tooLarge ?? error, asked)
      const { stripeRequestId } = refusal
      for (const one of observed) one.ended({ retries: Math.max(0, call.retries), stripeRequestId, refusal })
      throw refusal
    }
  }
}
