/** What Stripe answered to one call. */
export type Answer<T> = {
  value: T
  /** Stripe's id of the request. */
  requestId: string | undefined
  /** Stripe says that it repeats the answer to an earlier request with this Idempotency-Key. */
  replayed: boolean
  /** An earlier attempt of this same call was ambiguous, so the answer that is repeated may be its own. */
  hasAmbiguousAttempt: boolean
}
