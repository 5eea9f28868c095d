/**
 * Every code an error answer can carry, with its HTTP status and whether sending the same request again, with the same
 * Idempotency-Key, may succeed. docs/errors.md says the remedy for each; a test compares the two.
 */
export const codes = {
  invalid_request: { status: 400, retryable: false },
  unauthenticated: { status: 401, retryable: false },
  account_disconnected: { status: 403, retryable: false },
  not_allowed: { status: 403, retryable: false },
  account_not_found: { status: 404, retryable: false },
  not_found: { status: 404, retryable: false },
  route_not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  request_timeout: { status: 408, retryable: true },
  already_exists: { status: 409, retryable: false },
  idempotency_in_progress: { status: 409, retryable: true },
  too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  idempotency_mismatch: { status: 422, retryable: false },
  rate_limited: { status: 429, retryable: true },
  headers_too_large: { status: 431, retryable: false },
  internal: { status: 500, retryable: true },
  stripe_failed: { status: 502, retryable: false },
  stripe_unavailable: { status: 502, retryable: true },
  unavailable: { status: 503, retryable: true },
  stripe_timeout: { status: 504, retryable: true },
} as const

export type Code = keyof typeof codes

/** The path at which this server explains a code: its entry in docs/errors.md. */
export const docsOf = (code: Code): string => `/docs/errors#${code}`

/**
 * What is known about the change of a refused write: not made; perhaps made; or made by an earlier request with the same
 * Idempotency-Key.
 */
export type Outcome = 'not_applied' | 'unknown' | 'applied'

/** The limits that refuse what might well be done later. */
export const limits = [
  'admin',
  'agency_budget',
  'agency_requests',
  'bulk_pending_codes',
  'daily_changes',
  'public',
  'requests',
  'sign_ins',
  'stripe_queue',
  'unknown_keys',
] as const
export type Limit = (typeof limits)[number]

type Details = {
  /** The field at fault, as the caller wrote it: `data.currency`, `limit`, `couponId`. */
  param?: string | undefined
  outcome?: Outcome
  /** Only if it differs from the code's own. */
  retryable?: boolean | undefined
  retryAfterS?: number | undefined
  stripeRequestId?: string | undefined
  /** The limit of ours that refuses; for the operator's metrics. */
  limit?: Limit | undefined
  /** For the operator's log; never shown to the caller. */
  cause?: unknown
}

/** The one error that is thrown on purpose. Its message is for the caller: one plain sentence without secrets. */
export class Refusal extends Error {
  readonly code: Code
  readonly param: string | undefined
  readonly outcome: Outcome
  readonly retryable: boolean
  readonly retryAfterS: number | undefined
  readonly stripeRequestId: string | undefined
  readonly limit: Limit | undefined

  constructor(code: Code, message: string, details: Details = {}) {
    // Its stack is shown to nobody, and would be an eighth of what it costs to refuse a request.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message, { cause: details.cause })
    Error.stackTraceLimit = stackTraceLimit
    this.code = code
    this.param = details.param
    this.outcome = details.outcome ?? 'not_applied'
    this.retryable = details.retryable ?? codes[code].retryable
    this.retryAfterS = details.retryAfterS
    this.stripeRequestId = details.stripeRequestId
    this.limit = details.limit
  }

  /** The same refusal with another outcome, and a sentence more that says so. */
  withOutcome(outcome: Outcome, sentence: string): Refusal {
    const { code, param, retryable, retryAfterS, stripeRequestId, limit, cause } = this
    const details = { param, outcome, retryable, retryAfterS, stripeRequestId, limit, cause }
    return new Refusal(code, `${this.message} ${sentence}`, details)
  }
}

/** A refusal of one field of the request. */
export function invalid(param: string, message: string): Refusal {
  return new Refusal('invalid_request', message, { param })
}

/** The refusal of an Idempotency-Key that an earlier, different request has used. */
export function idempotencyMismatch(details: Pick<Details, 'stripeRequestId' | 'cause'> = {}): Refusal {
  const message = 'This Idempotency-Key was used before with another request. Use a new key for a new request.'
  return new Refusal('idempotency_mismatch', message, { ...details, param: 'Idempotency-Key' })
}

/** The refusal if our own database does not answer before Stripe is called. */
export function unavailable(cause?: unknown): Refusal {
  const message = 'The service is briefly unavailable. Nothing was changed; retry shortly.'
  return new Refusal('unavailable', message, { retryAfterS: 1, cause })
}

/** The catch handler of queries to our own database: rethrows a refusal, and throws `unavailable` for any other error. */
export function refuseUnavailable(cause: unknown): never {
  throw cause instanceof Refusal ? cause : unavailable(cause)
}

/** The catch handler of a write to our own database that may have been committed although its answer was lost. */
export function refuseUnclear(cause: unknown): never {
  if (cause instanceof Refusal && cause.code !== 'unavailable') throw cause
  const message =
    'The service is briefly unavailable. The request may have been carried out; retry with the same Idempotency-Key.'
  throw new Refusal('unavailable', message, { outcome: 'unknown', retryAfterS: 1, cause })
}
