/** A refusal in Stripe's words; `Reply` turns it into the error body. */
export class StripeError extends Error {
  readonly status: number
  readonly type: 'api_error' | 'idempotency_error' | 'invalid_request_error'
  readonly code: string | undefined
  readonly param: string | undefined
  readonly headers: Record<string, string>
  /** Where the request was refused. Only an endpoint's answers are stored under the idempotency key. */
  readonly stage: 'routing' | 'validation' | 'endpoint'

  constructor(
    message: string,
    options: {
      status?: number
      type?: StripeError['type']
      code?: string | undefined
      param?: string | undefined
      headers?: Record<string, string>
      stage?: StripeError['stage']
    } = {},
  ) {
    super(message)
    this.status = options.status ?? 400
    this.type = options.type ?? 'invalid_request_error'
    this.code = options.code
    this.param = options.param
    this.headers = options.headers ?? {}
    this.stage = options.stage ?? 'validation'
  }
}

/** An invalid parameter. Recorded: 400 invalid_request_error; `code` only where Stripe gives one. */
export function invalid(message: string, param?: string, code?: string): StripeError {
  return new StripeError(message, { param, code })
}

/** Recorded: an unknown id in the path is 404, in a parameter or a cursor 400; the words are the same. */
export function missing(what: string, id: string, param: string, status: 400 | 404): StripeError {
  return new StripeError(`No such ${what}: '${id}'`, { status, code: 'resource_missing', param, stage: 'endpoint' })
}

/** A refusal that depends on stored state rather than on the parameters alone. */
export function conflict(message: string, param?: string, code?: string, status: 400 | 404 = 400): StripeError {
  return new StripeError(message, { status, param, code, stage: 'endpoint' })
}

/**
 * Recorded for unknown paths and wrong methods alike (Stripe has no 405); the hint about the slash is told, not recorded.
 * `supported` adds a sentence of our own.
 */
export function unknownUrl(method: string, path: string, supported = ''): StripeError {
  const hint = path.endsWith('/')
    ? 'If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. '
    : ''
  return new StripeError(
    `Unrecognized request URL (${method}: ${path}). ${hint}Please see https://stripe.com/docs or we can help at https://support.stripe.com/.${supported}`,
    { status: 404, stage: 'routing' },
  )
}

/** Serializes the error body. Recorded: keys in alphabetical order, absent rather than null, doc_url exactly when there is a code. */
export function errorBody(error: StripeError, requestId: string, livemode: boolean): string {
  return JSON.stringify({
    error: {
      code: error.code,
      doc_url: error.code && `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}`,
      message: error.message,
      param: error.param,
      request_log_url:
        error.stage === 'routing'
          ? undefined
          : `https://dashboard.stripe.com/${livemode ? '' : 'test/'}logs/${requestId}`,
      type: error.type,
    },
  })
}
