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
  /** Is tried again, under the next Idempotency-Key if this one can only repeat the same failure. */
  | { kind: 'transientError'; error: Refusal; isKeySpent: boolean }
  /** Was not sent, and counts for no try. */
  | { kind: 'stopped' }

/** Stops a try before it is sent, where its job may not go on: the next check of the job tells why. */
export class Stopped extends Refusal {
  constructor() {
    super('unavailable', 'The API key of this job may not make this code now. Nothing was sent.')
  }
}

/** Classifies an error of a try by what it means for the code and its job. */
export function failedOutcome(cause: unknown): Outcome {
  if (cause instanceof Stopped) return { kind: 'stopped' }
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
 * The failure of a code that is refused. A refusal of its parameters proves that no earlier try made it, for Stripe would have
 * repeated the success; that of the account comes before Stripe looks at the Idempotency-Key.
 */
export function refused({ code, message }: Failure, tries: number): Failure {
  const isUnclear = code === 'account_disconnected' && tries > 1
  return isUnclear ? givenUp(code, tries - 1, message) : { code, message }
}

/**
 * The failure of a code whose tries had no clear answer and that is not tried again. `reason`, if any, is a sentence that says why.
 */
export function givenUp(code: string, tries: number, reason?: string): Failure {
  const sentence = `Given up after ${tries} ${tries === 1 ? 'try' : 'tries'}; it may have been created: look it up.`
  return { code, message: reason === undefined ? sentence : `${reason} ${sentence}` }
}

/**
 * Whether a retry under the same Idempotency-Key can only fail again: Stripe repeats its own failure for a day, and refuses
 * parameters that differ from those which another release of this server sent.
 */
function isKeySpent({ code, stripeRequestId }: Refusal): boolean {
  if (code === 'idempotency_mismatch' || code === 'stripe_failed') return true
  return code === 'stripe_unavailable' && stripeRequestId !== undefined
}
