import { AsyncLocalStorage } from 'node:async_hooks'
import { isRecord } from '../lib/is-record.ts'
import type { WireRequest, WireResponse } from '../lib/wire.ts'
import { Sdk } from './sdk.ts'
import { AnswerTooLarge } from './too-large.ts'

export type Call = {
  bytesMax: number
  /**
   * True if any attempt of this call was ambiguous (5xx, timeout, reset): a later refusal then does not prove that nothing
   * changed.
   */
  hasAmbiguousAttempt: boolean
  /** How many attempts were made beyond the first; -1 before it. */
  retries: number
  /** Why the answer of a read was not read to its end. */
  tooLarge?: AnswerTooLarge
}

/** The call to which the running attempt belongs: the SDK reports only its last attempt. */
export const attempts = new AsyncLocalStorage<Call>()

/** Carries one request to Stripe and its whole answer back; gives up when the signal aborts or the answer is too large. */
export type Send = (request: WireRequest, signal: AbortSignal, bytesMax: number) => Promise<WireResponse>

/**
 * The SDK's HTTP client interface over a `Send`. An answer is read whole before the SDK sees it, so that one cut in the middle is a
 * connection error, which the SDK retries with the same Idempotency-Key.
 */
export class WireClient extends Sdk.HttpClient {
  readonly #send: Send

  constructor(send: Send) {
    super()
    this.#send = send
  }

  override getClientName(): string {
    return 'chatdash'
  }

  override async makeRequest(
    _host: string,
    _port: string,
    path: string,
    method: string,
    headers: Record<string, string | number | string[]>,
    body: string,
    _protocol: string,
    timeoutMs: number,
  ): Promise<WireClientResponse> {
    const abort = new AbortController()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      late.reject(Sdk.HttpClient.makeTimeoutError())
      abort.abort()
    }, timeoutMs)
    const call = attempts.getStore()
    try {
      const request = { method, path, headers: wireHeaders(headers), body }
      if (call) call.retries += 1
      const bytesMax = call?.bytesMax ?? Infinity
      const response = await Promise.race([this.#send(request, abort.signal, bytesMax), late.promise])
      if (response.status >= 500) markAmbiguous()
      return new WireClientResponse(response)
    } catch (error) {
      // Another attempt would bring as much. The SDK makes one after any error, but not after an answer that it cannot parse.
      if (call && method === 'GET' && error instanceof AnswerTooLarge) {
        call.tooLarge = error
        return new WireClientResponse({ status: 200, headers: {}, body: '' })
      }
      if (!isNeverSent(error)) markAmbiguous()
      // The SDK retries any request whose connection closed, but a DELETE that may have been done must not be repeated.
      if (method === 'DELETE' && isClosedConnection(error)) throw new Error(error.message, { cause: error })
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
}

class WireClientResponse extends Sdk.HttpClientResponse {
  readonly #body: string

  constructor(response: WireResponse) {
    super(response.status, response.headers)
    this.#body = response.body
  }

  override getRawResponse(): unknown {
    return { headers: this.getHeaders() }
  }

  override async toJSON(): Promise<object> {
    const value: unknown = JSON.parse(this.#body)
    // The SDK breaks on an answer that is JSON but not an object, outside of any promise that could be awaited.
    if (!isRecord(value)) throw new Error('The answer is not a JSON object.')
    return value
  }
}

function markAmbiguous(): void {
  const call = attempts.getStore()
  if (call) call.hasAmbiguousAttempt = true
}

/** Errors before a connection is made: the name was not found, or nothing answered there. */
const connectErrorCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Whether the error proves that nothing of the request was sent. */
export function isNeverSent(error: unknown): boolean {
  return isRecord(error) && connectErrorCodes.has(String(error['code']))
}

function isClosedConnection(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    Sdk.HttpClient.CONNECTION_CLOSED_ERROR_CODES.includes(String(error.code))
  )
}

function wireHeaders(headers: Record<string, string | number | string[]>): Record<string, string> {
  const wire: Record<string, string> = {}
  for (const name in headers) {
    const lower = name.toLowerCase()
    // The transport counts the bytes that it sends itself.
    if (lower !== 'content-length') wire[lower] = String(headers[name])
  }
  return wire
}
