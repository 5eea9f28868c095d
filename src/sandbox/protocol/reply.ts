import type { WireRequest, WireResponse } from '../../lib/wire.ts'
import { TransportFault } from '../faults.ts'
import { requestId } from '../store/ids.ts'
import { isBusy } from '../store/retry.ts'
import { errorBody, StripeError } from './errors.ts'
import type { StoredAnswer } from './idempotency.ts'
import { withFloats } from './percent.ts'
import { hasFloatPercent } from './version.ts'

/** Headers of every answer. */
function plainHeaders(id: string, version: string): Record<string, string> {
  return {
    'cache-control': 'no-cache, no-store',
    'content-type': 'application/json',
    'request-id': id,
    'stripe-version': version,
  }
}

/** Recorded: headers of every answer of Stripe's. One literal, since every request builds it. */
function openHeaders(id: string, version: string): Record<string, string> {
  return {
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
    'access-control-allow-origin': '*',
    'access-control-expose-headers':
      'Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, X-Stripe-Privileged-Session-Required',
    'access-control-max-age': '300',
    'cache-control': 'no-cache, no-store',
    'content-type': 'application/json',
    'request-id': id,
    'stripe-version': version,
    vary: 'Origin',
  }
}

/** Returns a request header's value if it is safe to send back. */
function echoed(request: WireRequest, name: string): string | undefined {
  const value = request.headers[name]
  return value !== undefined && /^[\x20-\x7e]{1,255}$/.test(value) ? value : undefined
}

/** Builds the answer to one request: its id, the common headers, and a success, a replay or a refusal. */
export class Reply {
  readonly requestId = requestId()
  livemode = false
  version: string
  /** The sandbox's clock when the request was admitted, in Unix seconds. */
  now = 0
  /** Documented: only answers of an endpoint that began to run are stored under the idempotency key. */
  isStored = false
  readonly #request: WireRequest

  constructor(request: WireRequest, defaultVersion: string) {
    this.#request = request
    this.version = defaultVersion
  }

  #headers(): Record<string, string> {
    // The controls are for tests, not for whatever web page the developer's browser has open.
    const start = this.#request.path.startsWith('/_sandbox') ? plainHeaders : openHeaders
    const headers = start(this.requestId, echoed(this.#request, 'stripe-version') ?? this.version)
    const account = echoed(this.#request, 'stripe-account')
    if (account !== undefined) headers['stripe-account'] = account
    if (this.#request.method === 'GET') return headers
    const key = echoed(this.#request, 'idempotency-key')
    if (key !== undefined) headers['idempotency-key'] = key
    return headers
  }

  /** Recorded: the first answer under an idempotency key names itself as the original and, mostly, forbids a retry. */
  #markFirst(headers: Record<string, string>, canRetry: boolean): void {
    if (this.#request.method !== 'POST' || !this.#request.headers['idempotency-key']) return
    headers['original-request'] = this.requestId
    if (!canRetry) headers['stripe-should-retry'] = 'false'
  }

  /** Recorded: 200 for every success, creates included. */
  ok(body: object): WireResponse {
    this.isStored = true
    const json = JSON.stringify(body)
    const headers = this.#headers()
    this.#markFirst(headers, false)
    return { status: 200, headers, body: hasFloatPercent(this.version) ? withFloats(json) : json }
  }

  /** Answers a browser's preflight request. Guessed: 200 without a body, for any path and without a key. */
  preflight(): WireResponse {
    const { 'content-type': _, ...headers } = this.#headers()
    const asked = echoed(this.#request, 'access-control-request-headers')
    if (asked !== undefined && 'access-control-allow-origin' in headers) headers['access-control-allow-headers'] = asked
    return { status: 200, headers, body: '' }
  }

  /** Told: a replay has the first answer's status and body, a Request-Id of its own, and names the original request. */
  replay(stored: StoredAnswer): WireResponse {
    const headers = { ...this.#headers(), 'idempotent-replayed': 'true', 'original-request': stored.request_id }
    return { status: stored.status, headers, body: stored.body }
  }

  /**
   * Turns anything thrown into Stripe's error answer; rethrows a transport fault, which has no answer. Recorded: a refusal
   * names itself as the original too, and forbids a retry unless an object was missing or a parameter was invalid.
   */
  refusal(error: unknown): WireResponse {
    if (error instanceof TransportFault) throw error
    const refused = error instanceof StripeError ? error : unexpected(error)
    this.isStored = refused.stage === 'endpoint'
    const isFirst = refused.stage !== 'routing' && refused.type === 'invalid_request_error' && refused.status !== 429
    const headers = this.#headers()
    if (isFirst) this.#markFirst(headers, !this.isStored || refused.code === 'resource_missing')
    Object.assign(headers, refused.headers)
    if (refused.status === 401) delete headers['request-id']
    if (refused.status === 403) delete headers['stripe-account']
    return { status: refused.status, headers, body: errorBody(refused, this.requestId, this.livemode) }
  }
}

function unexpected(error: unknown): StripeError {
  if (isBusy(error)) {
    return new StripeError(
      'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. Please try again.',
      { status: 429, code: 'lock_timeout', headers: { 'stripe-should-retry': 'true' } },
    )
  }
  return new StripeError('An unknown error occurred in the sandbox', {
    status: 500,
    type: 'api_error',
    stage: 'endpoint',
  })
}
