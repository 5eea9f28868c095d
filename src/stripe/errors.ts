import Stripe from 'stripe'
import { isRecord } from '../lib/is-record.ts'
import { Refusal } from '../lib/refusal.ts'
import { hideSecrets } from '../lib/secrets.ts'

const retryIsSafe = 'A retry with the same Idempotency-Key is safe.'

/**
 * Whatever the SDK throws, as our refusal. Stripe's own sentence reaches the caller only where it speaks of the caller's
 * request; what concerns the platform's key stays in `cause`.
 */
export function refusalOf(error: unknown, isWrite: boolean): Refusal {
  if (error instanceof Stripe.errors.StripeConnectionError) return unreachable(error, isWrite)
  if (!(error instanceof Stripe.errors.StripeError)) return down(error, isWrite)
  const details = { cause: error, stripeRequestId: error.requestId }
  switch (error.statusCode) {
    case 400:
      return invalidRequest(error, isWrite)
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
    case 429:
      return new Refusal('rate_limited', 'Stripe is limiting requests for this account. Retry shortly.', {
        ...details,
        retryAfterS: 1,
      })
    case 401:
    case 402:
      return platformRefused(error)
    default:
      return down(error, isWrite, error.requestId)
  }
}

type StripeError = InstanceType<typeof Stripe.errors.StripeError>

function invalidRequest(error: StripeError, isWrite: boolean): Refusal {
  const details = { cause: error, stripeRequestId: error.requestId }
  if (error.rawType === 'idempotency_error') {
    return new Refusal(
      'idempotency_mismatch',
      'This Idempotency-Key was used before with another request. Use a new key for a new request.',
      { ...details, param: 'Idempotency-Key' },
    )
  }
  if (error.code === 'rate_limit') {
    return new Refusal('rate_limited', 'Stripe is limiting requests for this account. Retry shortly.', {
      ...details,
      retryAfterS: 1,
    })
  }
  // Stripe gives no code for a promotion code that is taken, only this sentence.
  if (/^An active promotion code with `code: .*` already exists/.test(error.message)) {
    return new Refusal('already_exists', sentence(error), { ...details, param: 'data.code' })
  }
  if (error.code === 'resource_already_exists') {
    return new Refusal('already_exists', sentence(error), { ...details, param: 'data.id' })
  }
  return new Refusal('invalid_request', sentence(error), { ...details, param: bodyParam(error.param, isWrite) })
}

/** The platform's key or configuration is at fault: for the caller Stripe is unavailable, for the operator an alarm. */
function platformRefused(cause: StripeError): Refusal {
  return new Refusal('stripe_unavailable', 'Stripe cannot be used right now. Nothing was changed; retry later.', {
    cause,
    stripeRequestId: cause.requestId,
  })
}

function unreachable(error: InstanceType<typeof Stripe.errors.StripeConnectionError>, isWrite: boolean): Refusal {
  const late = isRecord(error.detail) && error.detail['code'] === Stripe.HttpClient.TIMEOUT_ERROR_CODE
  if (!late) return down(error, isWrite)
  const what = isWrite ? `It may have been applied. ${retryIsSafe}` : 'Retry shortly.'
  return new Refusal('stripe_timeout', `Stripe did not answer in time. ${what}`, {
    cause: error,
    outcome: 'unknown',
    stripeRequestId: error.requestId,
  })
}

function down(cause: unknown, isWrite: boolean, stripeRequestId?: string): Refusal {
  const what = isWrite ? `The change may have been applied. ${retryIsSafe}` : 'Retry shortly.'
  return new Refusal('stripe_unavailable', `Stripe could not be reached or failed. ${what}`, {
    cause,
    outcome: 'unknown',
    stripeRequestId,
  })
}

function sentence(error: StripeError): string {
  return typeof error.message === 'string' && error.message !== ''
    ? hideSecrets(error.message)
    : 'Stripe refused the request.'
}

/** Stripe's `currency_options[eur][amount_off]` is our `data.currency_options.eur.amount_off`. */
function bodyParam(param: unknown, isWrite: boolean): string | undefined {
  if (typeof param !== 'string') return undefined
  const dotted = param
    .replaceAll('[', '.')
    .replaceAll(']', '')
    .replace(/^promotion\.coupon$/, 'coupon')
  return isWrite ? `data.${dotted}` : dotted
}

/** Stripe names a missing object of the path by its type: `coupon` is our `couponId`. */
function pathParam(param: unknown): string | undefined {
  if (typeof param !== 'string') return undefined
  return `${param.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Id`
}
