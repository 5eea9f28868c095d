import type { Refusal } from '../lib/refusal.ts'

/**
 * Watches one call to Stripe, from when it may have to wait for its turn. The endpoint has no id in it: `POST /v1/coupons/{id}`. An
 * observer must not throw.
 */
export type CallObserver = (endpoint: string) => {
  /** The call has left the queue and is sent. */
  started(): void
  /** The call has come to its end: with an answer, or with a refusal. */
  ended(end: { retries: number; stripeRequestId?: string | undefined; refusal?: Refusal }): void
}

/** The endpoint of a path: its ids and its query left out. */
export function endpointOf(method: string, path: string): string {
  const [, version = '', resource = '', id] = (path.split('?', 1)[0] ?? '').split('/')
  return `${method} /${version}/${resource}${id === undefined ? '' : '/{id}'}`
}
