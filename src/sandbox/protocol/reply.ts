import type { WireRequest, WireResponse } from '../../lib/wire.ts'
import { errorBody, StripeError } from './errors.ts'
import { TransportFault } from '../faults.ts'
import type { KeptAnswer } from './idempotency.ts'
import { newestVersion } from './authentication.ts'
import { requestId } from '../store/ids.ts'
import { withFloats } from './percent.ts'
import { isBusy } from '../store/store.ts'

/** A header's value when it is fit to be sent back. */
function echoed(request: WireRequest, name: string): string | undefined {
  const value = request.headers[name]
  return value !== undefined && /^[\x20-\x7e]{1,255}$/.test(value) ? value : undefined
}

/** What one request is answered with: its own id, the headers that every answer has, and the three kinds of body. */
export class Reply {
  readonly requestId = requestId()
  livemode = false
  /** Documented: kept are the answers of an endpoint that began to run; of validation, authentication and limits none is. */
  isKept = false
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
    this.isKept = true
    return { status: 200, headers: this.#headers(), body: withFloats(JSON.stringify(body)) }
  }

  /** Told: a replay has the first answer's status and body, its own Request-Id, and says whose answer it repeats. */
  replay(kept: KeptAnswer): WireResponse {
    const headers = { ...this.#headers(), 'idempotent-replayed': 'true', 'original-request': kept.request_id }
    return { status: kept.status, headers, body: kept.body }
  }

  /** Anything thrown as Stripe would answer it; a transport fault is not an answer and goes on. */
  refusal(error: unknown): WireResponse {
    if (error instanceof TransportFault) throw error
    const refused = error instanceof StripeError ? error : unexpected(error)
    this.isKept = refused.by === 'endpoint'
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
  return new StripeError('An unknown error occurred in the sandbox', { status: 500, type: 'api_error', by: 'endpoint' })
}
