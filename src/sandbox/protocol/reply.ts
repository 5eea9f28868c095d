import type { WireRequest, WireResponse } from '../../lib/wire.ts'
import { errorBody, StripeError } from './errors.ts'
import { TransportFault } from '../faults.ts'
import type { StoredAnswer } from './idempotency.ts'
import { newestVersion } from './version.ts'
import { requestId } from '../store/ids.ts'
import { withFloats } from './percent.ts'
import { isBusy } from '../store/store.ts'

/** Returns a request header's value if it is safe to send back. */
function echoed(request: WireRequest, name: string): string | undefined {
  const value = request.headers[name]
  return value !== undefined && /^[\x20-\x7e]{1,255}$/.test(value) ? value : undefined
}

/** Builds the answer to one request: its id, the common headers, and a success, a replay or a refusal. */
export class Reply {
  readonly requestId = requestId()
  livemode = false
  /** Documented: only answers of an endpoint that began to run are stored under the idempotency key. */
  isStored = false
  readonly #request: WireRequest

  constructor(request: WireRequest) {
    this.#request = request
  }

  #headers(): Record<string, string> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'request-id': this.requestId,
      'stripe-version': echoed(this.#request, 'stripe-version') ?? newestVersion,
    }
    const account = echoed(this.#request, 'stripe-account')
    if (account !== undefined) headers['stripe-account'] = account
    const key = this.#request.method === 'POST' ? echoed(this.#request, 'idempotency-key') : undefined
    if (key !== undefined) headers['idempotency-key'] = key
    return headers
  }

  /** Recorded: 200 for every success, creates included. */
  ok(body: object): WireResponse {
    this.isStored = true
    return { status: 200, headers: this.#headers(), body: withFloats(JSON.stringify(body)) }
  }

  /** Told: a replay has the first answer's status and body, a Request-Id of its own, and names the original request. */
  replay(stored: StoredAnswer): WireResponse {
    const headers = { ...this.#headers(), 'idempotent-replayed': 'true', 'original-request': stored.request_id }
    return { status: stored.status, headers, body: stored.body }
  }

  /** Turns anything thrown into Stripe's error answer; rethrows a transport fault, which has no answer. */
  refusal(error: unknown): WireResponse {
    if (error instanceof TransportFault) throw error
    const refused = error instanceof StripeError ? error : unexpected(error)
    this.isStored = refused.stage === 'endpoint'
    const headers = { ...this.#headers(), ...refused.headers }
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
