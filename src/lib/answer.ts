/** Stripe's answer to one call. */
export type Answer<T> = {
  value: T
  /** Stripe's id of the request. */
  requestId: string | undefined
  /** True if Stripe repeats its answer to an earlier request with this Idempotency-Key. */
  replayed: boolean
  /** True if an earlier attempt of this same call was ambiguous: a repeated answer may then be that attempt's own. */
  hasAmbiguousAttempt: boolean
}
