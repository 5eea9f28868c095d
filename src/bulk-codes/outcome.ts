import { Refusal } from '../lib/refusal.ts'

/** Why a code will not be created: our error code and one sentence. */
export type Failure = { code: string; message: string }

/** The result of one try of a code. */
export type Outcome =
  | { kind: 'created'; promotionCode: string }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'canceled' }
  /** Applies to every code of the job that is left. */
  | { kind: 'fatalError'; failure: Failure }
  /** To be tried again; with the next Idempotency-Key where this one can bring nothing new. */
  | { kind: 'transientError'; error: Refusal; isKeySpent: boolean }

/** Sorts what a try has thrown by what it means for the code and its job. */
export function failedOutcome(cause: unknown): Outcome {
  const error = cause instanceof Refusal ? cause : new Refusal('internal', 'Something went wrong.', { cause })
  if (isKeySpent(error)) return { kind: 'transientError', error, isKeySpent: true }
  if (error.retryable) return { kind: 'transientError', error, isKeySpent: false }
  // A refusal that follows an ambiguous attempt does not prove that nothing was created.
  if (error.outcome === 'unknown') return { kind: 'transientError', error, isKeySpent: true }
  if (error.param === 'data.coupon') {
    // For Stripe the coupon is a parameter; here it is in the path.
    return { kind: 'fatalError', failure: { code: 'not_found', message: error.message } }
  }
  const { code, message } = error
  const isFatal = code === 'account_disconnected' || code === 'not_found'
  return { kind: isFatal ? 'fatalError' : 'failed', failure: { code, message } }
}

/**
 * The failure of a code that was tried and is tried no more: none of its tries had a clear answer. `reason`, if any, says why it
 * is not tried on.
 */
export function givenUp(code: string, tries: number, reason?: string): Failure {
  const sentence = `Given up after ${tries} ${tries === 1 ? 'try' : 'tries'}; it may have been created: look it up.`
  return { code, message: reason === undefined ? sentence : `${reason} ${sentence}` }
}

/**
 * Whether the Idempotency-Key can bring nothing new: Stripe repeats its own failure under it for a day, and refuses other
 * parameters, as another release of this server may have sent.
 */
function isKeySpent({ code, stripeRequestId }: Refusal): boolean {
  if (code === 'idempotency_mismatch' || code === 'stripe_failed') return true
  return code === 'stripe_unavailable' && stripeRequestId !== undefined
}
