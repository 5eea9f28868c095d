import type { ConnectedAccount } from '../../src/accounts/accounts.ts'
import { Refusal } from '../../src/lib/refusal.ts'
import type { WireRequest, WireResponse } from '../../src/lib/wire.ts'
import { createStripeRequest } from '../../src/stripe/request.ts'

/** What the connection does with one request. */
export type Step = (signal: AbortSignal) => Promise<WireResponse>
export type Asked = {
  method?: 'GET' | 'POST' | 'DELETE'
  retriesMax?: number
  conflictParam?: string
  params?: object
  object?: 'coupon' | 'list'
  account?: ConnectedAccount
  timeoutMs?: number
}

export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  async () => ({
    status,
    headers: { 'content-type': 'application/json', 'request-id': 'req_1', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
export const refuse = (status: number, error: object, headers: Record<string, string> = {}) =>
  answer(status, { error: { type: 'invalid_request_error', message: 'Refused.', ...error } }, headers)
export const breakDown =
  (code?: string): Step =>
  async () => {
    throw Object.assign(new Error('socket hang up'), code === undefined ? {} : { code })
  }
export const coupon = { id: 'TEN', object: 'coupon' }

/** Asks for a coupon by the SDK, whose connection does these steps, one a request; what comes of it and what was sent. */
export async function ask(
  steps: Step[],
  {
    method = 'POST',
    retriesMax = 0,
    timeoutMs = 60_000,
    conflictParam,
    params = { name: 'Ten' },
    object = 'coupon',
    account,
  }: Asked = {},
) {
  const sent: WireRequest[] = []
  const bytesMax: number[] = []
  const request = createStripeRequest({
    secretKey: 'sk_test_request',
    timeoutMs,
    retriesMax,
    send: async (wire, signal, bytes) => {
      bytesMax.push(bytes)
      const step = steps[sent.push(wire) - 1]
      if (!step) throw new Error('Stripe was asked too often.')
      return await step(signal)
    },
  })
  const result = request(method, '/v1/coupons/TEN', {
    object,
    ...(account && { account }),
    ...(conflictParam !== undefined && { conflictParam }),
    ...(method === 'POST' && { idempotencyKey: 'derived', params }),
  })
  const end = await result.catch((error: unknown) => {
    if (error instanceof Refusal) return error
    throw error
  })
  return { end, sent, bytesMax }
}
export const refusalOf = async (steps: Step[], asked?: Asked) => (await ask(steps, asked)).end

/** Never answers; rejects when the request is aborted. */
export const silence: Step = (signal) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')))
  })
