/** One refusal as Stripe words it; the pipeline turns it into the error body. */
export class StripeError extends Error {
  readonly status: number
  readonly type: 'api_error' | 'idempotency_error' | 'invalid_request_error'
  readonly code: string | undefined
  readonly param: string | undefined
  readonly headers: Record<string, string>
  /** Whether an endpoint made it: only those are kept under an idempotency key and have a log entry to point to. */
  readonly by: 'gate' | 'validation' | 'endpoint'

  constructor(
    message: string,
    options: {
      status?: number
      type?: StripeError['type']
      code?: string | undefined
      param?: string | undefined
      headers?: Record<string, string>
      by?: StripeError['by']
    } = {},
  ) {
    super(message)
    this.status = options.status ?? 400
    this.type = options.type ?? 'invalid_request_error'
    this.code = options.code
    this.param = options.param
    this.headers = options.headers ?? {}
    this.by = options.by ?? 'validation'
  }
}

/** A value that is refused. Recorded: 400 invalid_request_error; `code` only where Stripe gives one. */
export function invalid(message: string, param?: string, code?: string): StripeError {
  return new StripeError(message, { param, code })
}

/** Recorded: an unknown id in the path is 404, in a parameter or a cursor 400; the words are the same. */
export function missing(what: string, id: string, param: string, status: 400 | 404): StripeError {
  return new StripeError(`No such ${what}: '${id}'`, { status, code: 'resource_missing', param, by: 'endpoint' })
}

/** A refusal that comes from the state of things and not from the parameters alone. */
export function conflict(message: string, param?: string, code?: string): StripeError {
  return new StripeError(message, { param, code, by: 'endpoint' })
}

/** Recorded for unknown paths and wrong verbs alike (there is no 405); the hint about the slash is told, not recorded. */
export function unknownUrl(method: string, path: string): StripeError {
  const hint = path.endsWith('/')
    ? 'If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. '
    : ''
  return new StripeError(
    `Unrecognized request URL (${method}: ${path}). ${hint}Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    { status: 404, by: 'gate' },
  )
}

/** The error body. Recorded: keys in alphabetical order, absent rather than null, doc_url exactly when there is a code. */
export function errorBody(error: StripeError, requestId: string, livemode: boolean): string {
  return JSON.stringify({
    error: {
      code: error.code,
      doc_url: error.code && `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}`,
      message: error.message,
      param: error.param,
      request_log_url:
        error.by === 'gate' ? undefined : `https://dashboard.stripe.com/${livemode ? '' : 'test/'}logs/${requestId}`,
      type: error.type,
    },
  })
}
