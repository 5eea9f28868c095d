import { isRecord } from '../lib/is-record.ts'
import { idempotencyMismatch, type Outcome, Refusal } from '../lib/refusal.ts'
import { hideSecrets } from '../lib/secrets.ts'
import { isNeverSent } from './http-client.ts'
import { Sdk } from './sdk.ts'

/** The request to Stripe, as far as its refusal depends on it. */
export type Asked = {
  method: 'GET' | 'POST' | 'DELETE'
  /** The parameters that were sent: a refusal may have to name the id among them. */
  params?: object | undefined
  /** Our name of the field at fault if the object exists already. */
  conflictParam?: string | undefined
  /** True if any attempt of this write was ambiguous: a later refusal then does not prove that nothing changed. */
  mayBeApplied: boolean
}

/**
 * Converts any error of the SDK to our refusal. Stripe's own sentence reaches the caller only if it is about the caller's request;
 * errors of the platform's key stay in `cause`.
 */
export function fromStripe(error: unknown, asked: Asked): Refusal {
  const refusal = fromLastAttempt(error, asked)
  if (!asked.mayBeApplied || refusal.outcome === 'unknown') return refusal
  return refusal.withOutcome('unknown', 'An earlier attempt of this request may have been applied.')
}

function fromLastAttempt(error: unknown, asked: Asked): Refusal {
  const { StripeError, StripeConnectionError, StripeIdempotencyError, StripeRateLimitError } = Sdk.errors
  if (error instanceof StripeConnectionError) return unreachable(error, asked)
  if (!(error instanceof StripeError)) return down(error, asked)
  const details = { cause: error, stripeRequestId: relayedRequestId(error.requestId) }
  if (error instanceof StripeRateLimitError) {
    return new Refusal('rate_limited', 'Stripe is limiting requests for this account. Retry shortly.', {
      ...details,
      retryAfterS: 1,
    })
  }
  if (error instanceof StripeIdempotencyError) return idempotencyMismatch(details)
  switch (error.statusCode) {
    case 400:
      return isTaken(error)
        ? new Refusal('already_exists', conflictSentence(error, asked), { ...details, param: asked.conflictParam })
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
      return isKept(error) ? failed(error) : down(error, asked, relayedRequestId(error.requestId))
  }
}

type StripeError = InstanceType<typeof Sdk.errors.StripeError>

/** Stripe gives no code for a promotion code that is taken, only this sentence. */
function isTaken({ code, message }: StripeError): boolean {
  return code === 'resource_already_exists' || /^An active promotion code with `code: .*` already exists/.test(message)
}

/** Names the object that exists, which Stripe's own sentence does not do for a coupon, and the caller's choices. */
function conflictSentence(error: StripeError, { params }: Asked): string {
  const id =
    params && 'id' in params && typeof params.id === 'string' ? shorten(inOneLine(params.id), idMax) : undefined
  const taken = id === undefined ? sentence(error) : `A coupon with the id ${id} already exists.`
  return `${taken} Choose another, or use the one that exists.`
}

/** Whether this is a failure that Stripe has stored under the Idempotency-Key and repeats to every retry for a day. */
function isKept({ headers }: StripeError): boolean {
  return headers?.['idempotent-replayed'] === 'true'
}

function failed(cause: StripeError): Refusal {
  return new Refusal(
    'stripe_failed',
    'Stripe failed, and gives this failure to every retry with this Idempotency-Key. Look whether the change was made; if it ' +
      'was not, send it with a new key.',
    { cause, outcome: 'unknown', stripeRequestId: relayedRequestId(cause.requestId) },
  )
}

/** The refusal if the platform's key or configuration is at fault: the caller cannot mend it, the operator finds it in the log. */
function platformRefused(cause: StripeError): Refusal {
  return new Refusal('stripe_unavailable', 'Stripe cannot be used right now. Retry later.', {
    cause,
    stripeRequestId: relayedRequestId(cause.requestId),
  })
}

function unreachable(error: InstanceType<typeof Sdk.errors.StripeConnectionError>, asked: Asked): Refusal {
  if (isNeverSent(error.detail) && !asked.mayBeApplied) {
    return new Refusal('unavailable', 'Stripe could not be reached: the request was not sent. Retry shortly.', {
      cause: error,
      retryAfterS: 1,
    })
  }
  const late = isRecord(error.detail) && error.detail['code'] === Sdk.HttpClient.TIMEOUT_ERROR_CODE
  if (!late) return down(error, asked)
  return new Refusal('stripe_timeout', `Stripe did not answer in time. ${nextStep[asked.method]}`, {
    cause: error,
    ...ambiguity(asked),
    stripeRequestId: relayedRequestId(error.requestId),
  })
}

function down(cause: unknown, asked: Asked, stripeRequestId?: string): Refusal {
  return new Refusal('stripe_unavailable', `Stripe could not be reached or failed. ${nextStep[asked.method]}`, {
    cause,
    ...ambiguity(asked),
    stripeRequestId,
  })
}

/** A read never changes anything. A DELETE without an answer must not be repeated blindly, because an id can be used again. */
function ambiguity({ method }: Asked): { outcome?: Outcome; retryable?: false } {
  if (method === 'GET') return {}
  return { outcome: 'unknown', ...(method === 'DELETE' && { retryable: false }) }
}

const nextStep = {
  GET: 'Retry shortly.',
  POST: 'The change may have been applied. A retry with the same Idempotency-Key is safe.',
  DELETE: 'It may have been deleted. Ask again: not_found means that it is gone.',
}

function sentence(error: StripeError): string {
  return typeof error.message === 'string' && error.message !== ''
    ? shorten(hideSecrets(inOneLine(error.message)), sentenceMax)
    : 'Stripe refused the request.'
}

/** Stripe quotes what it was sent, and a sentence that is shown or logged must not break into lines. */
function inOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

/** Stripe's longest known sentence lists every currency, in some 1,200 characters. */
const sentenceMax = 2_000

/** Stripe takes ids of up to 5,000 characters. */
const idMax = 100

function shorten(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`.toWellFormed()
}

/** Stripe's request id if it is safe to put into our headers and log; undefined for anything else. */
export function relayedRequestId(id: unknown): string | undefined {
  return typeof id === 'string' && /^[\w-]{1,100}$/.test(id) ? hideSecrets(id) : undefined
}

/** Whether this is a parameter's name that is safe to pass on. */
function isParam(param: unknown): param is string {
  return typeof param === 'string' && /^[\w.[\]-]{1,200}$/.test(param) && hideSecrets(param) === param
}

/** Stripe's `currency_options[eur][amount_off]` is our `data.currency_options.eur.amount_off`; a query is as in Stripe. */
function requestParam(param: unknown, { method }: Asked): string | undefined {
  if (!isParam(param)) return undefined
  if (method === 'GET') return param
  const dotted = param.replaceAll('[', '.').replaceAll(']', '')
  return `data.${dotted === 'promotion.coupon' ? 'coupon' : dotted}`
}

/** Stripe names a missing object of the path by its type: `coupon` is our `couponId`. */
function pathParam(param: unknown): string | undefined {
  if (!isParam(param)) return undefined
  return `${param.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Id`
}
