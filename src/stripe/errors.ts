import Stripe from 'stripe'
import { isRecord } from '../lib/is-record.ts'
import { type Outcome, Refusal } from '../lib/refusal.ts'
import { hideSecrets } from '../lib/secrets.ts'

/** What was asked of Stripe, as far as a refusal of it has to say it in our caller's terms. */
export type Asked = {
  method: 'GET' | 'POST' | 'DELETE'
  /** What was sent, of which a refusal may have to name the id. */
  params?: object | undefined
  /** Our name of the field that is at fault where what it names is taken already. */
  taken?: string | undefined
  /** Whether a try of a change had no clear answer, so that what the last one was told says nothing of it. */
  mayBeApplied: boolean
}

/**
 * Whatever the SDK throws, as our refusal. Stripe's own sentence reaches the caller only where it speaks of the caller's
 * request; what concerns the platform's key stays in `cause`.
 */
export function refusalOf(error: unknown, asked: Asked): Refusal {
  const refusal = lastRefusal(error, asked)
  if (!asked.mayBeApplied || refusal.outcome === 'unknown') return refusal
  const { code, param, retryAfterS, stripeRequestId, cause } = refusal
  const message = `${refusal.message} An earlier try of this request may have been applied.`
  return new Refusal(code, message, { param, retryAfterS, stripeRequestId, cause, outcome: 'unknown' })
}

/** What the last try was told. */
function lastRefusal(error: unknown, asked: Asked): Refusal {
  const { StripeError, StripeConnectionError, StripeIdempotencyError, StripeRateLimitError } = Stripe.errors
  if (error instanceof StripeConnectionError) return unreachable(error, asked)
  if (!(error instanceof StripeError)) return down(error, asked)
  const details = { cause: error, stripeRequestId: error.requestId }
  if (error instanceof StripeRateLimitError) {
    return new Refusal('rate_limited', 'Stripe is limiting requests for this account. Retry shortly.', {
      ...details,
      retryAfterS: 1,
    })
  }
  if (error instanceof StripeIdempotencyError) {
    return new Refusal(
      'idempotency_mismatch',
      'This Idempotency-Key was used before with another request. Use a new key for a new request.',
      { ...details, param: 'Idempotency-Key' },
    )
  }
  switch (error.statusCode) {
    case 400:
      return isTaken(error)
        ? new Refusal('already_exists', takenSentence(error, asked), { ...details, param: asked.taken })
        : new Refusal('invalid_request', sentence(error), { ...details, param: requestParam(error.param, asked) })
    case 403:
      if (error.code !== 'account_invalid') return platformRefused(error)
      return new Refusal(
        'account_disconnected',
        'This Stripe account no longer gives the platform access. Connect it again.',
        { ...details, param: 'accountId' },
      )
    case 404:
      if (error.code !== 'resource_missing') return platformRefused(error)
      return new Refusal('not_found', sentence(error), { ...details, param: pathParam(error.param) })
    case 409:
      return new Refusal(
        'idempotency_in_progress',
        'A request with this Idempotency-Key is still running. Retry shortly with the same key.',
        { ...details, outcome: 'unknown', retryAfterS: 1 },
      )
    case 401:
    case 402:
      return platformRefused(error)
    default:
      return isKept(error) ? failed(error) : down(error, asked, error.requestId)
  }
}

type StripeError = InstanceType<typeof Stripe.errors.StripeError>

/** Stripe gives no code for a promotion code that is taken, only this sentence. */
function isTaken({ code, message }: StripeError): boolean {
  return code === 'resource_already_exists' || /^An active promotion code with `code: .*` already exists/.test(message)
}

/** Names what is taken, which Stripe's own sentence does not do for a coupon, and says what the caller can choose. */
function takenSentence(error: StripeError, { params }: Asked): string {
  const id = params && 'id' in params && typeof params.id === 'string' ? params.id.slice(0, 100) : undefined
  const taken = id === undefined ? sentence(error) : `A coupon with the id ${id} already exists.`
  return `${taken} Choose another, or use the one that exists.`
}

/** Stripe keeps a failure of its own under the Idempotency-Key as well, and gives it to every retry for a day. */
function isKept({ headers }: StripeError): boolean {
  return headers?.['idempotent-replayed'] === 'true'
}

function failed(cause: StripeError): Refusal {
  return new Refusal(
    'stripe_failed',
    'Stripe failed, and gives this failure to every retry with this Idempotency-Key. Look whether the change was made; if it ' +
      'was not, send it with a new key.',
    { cause, outcome: 'unknown', stripeRequestId: cause.requestId },
  )
}

/** The platform's key or configuration is at fault: for the caller Stripe is unavailable, for the operator an alarm. */
function platformRefused(cause: StripeError): Refusal {
  return new Refusal('stripe_unavailable', 'Stripe cannot be used right now. Retry later.', {
    cause,
    stripeRequestId: cause.requestId,
  })
}

function unreachable(error: InstanceType<typeof Stripe.errors.StripeConnectionError>, asked: Asked): Refusal {
  const late = isRecord(error.detail) && error.detail['code'] === Stripe.HttpClient.TIMEOUT_ERROR_CODE
  if (!late) return down(error, asked)
  return new Refusal('stripe_timeout', `Stripe did not answer in time. ${whatNow[asked.method]}`, {
    cause: error,
    outcome: outcomeOf(asked),
    stripeRequestId: error.requestId,
  })
}

function down(cause: unknown, asked: Asked, stripeRequestId?: string): Refusal {
  return new Refusal('stripe_unavailable', `Stripe could not be reached or failed. ${whatNow[asked.method]}`, {
    cause,
    outcome: outcomeOf(asked),
    stripeRequestId,
  })
}

/** A read changes nothing, whatever becomes of it. */
function outcomeOf({ method }: Asked): Outcome {
  return method === 'GET' ? 'not_applied' : 'unknown'
}

const whatNow = {
  GET: 'Retry shortly.',
  POST: 'The change may have been applied. A retry with the same Idempotency-Key is safe.',
  DELETE: 'It may have been deleted. Ask again: not_found means that it is gone.',
}

function sentence(error: StripeError): string {
  return typeof error.message === 'string' && error.message !== ''
    ? hideSecrets(error.message)
    : 'Stripe refused the request.'
}

/** Stripe's `currency_options[eur][amount_off]` is our `data.currency_options.eur.amount_off`; a query is as in Stripe. */
function requestParam(param: unknown, { method }: Asked): string | undefined {
  if (typeof param !== 'string') return undefined
  if (method === 'GET') return param
  const dotted = param.replaceAll('[', '.').replaceAll(']', '')
  return `data.${dotted === 'promotion.coupon' ? 'coupon' : dotted}`
}

/** Stripe names a missing object of the path by its type: `coupon` is our `couponId`. */
function pathParam(param: unknown): string | undefined {
  if (typeof param !== 'string') return undefined
  return `${param.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Id`
}
