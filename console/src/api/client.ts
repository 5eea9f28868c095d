import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from '../../../client/schema.ts'

type Schemas = components['schemas']
export type Account = Schemas['Account']
export type ApiKey = Schemas['ApiKey']
export type BulkJob = Schemas['BulkPromotionCodes']
export type BulkCode = Schemas['BulkPromotionCode']
export type Coupon = Schemas['Coupon']
export type Event = Schemas['Event']
export type NewApiKey = Schemas['NewApiKey']
export type PromotionCode = Schemas['PromotionCode']

/** What a refused or lost request comes to. `message` is the server's own sentence. */
export class ApiError extends Error {
  /** The HTTP status; 0 where no answer came. */
  readonly status: number
  readonly code: string
  /** The field at fault, as it was sent: `data.currency`. */
  readonly param: string | undefined
  /** On a write, what is known of the change. */
  readonly outcome: string | undefined
  /** Whether the same request, with the same Idempotency-Key, may succeed. */
  readonly retryable: boolean
  readonly requestId: string | undefined

  constructor(status: number, message: string, refusal: Partial<Schemas['Error']> = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = refusal.code ?? 'unavailable'
    this.param = refusal.param
    this.outcome = refusal.outcome
    this.retryable = refusal.retryable ?? true
    this.requestId = refusal.request_id
  }
}

/** An answer that is no success, as the error that screens show. */
export async function errorOf(response: Response, method: string): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined)
  return isRefusal(body) ? new ApiError(response.status, body.error, body) : lost(response.status, method)
}

function isRefusal(body: unknown): body is Schemas['Error'] {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string'
}

/** No answer of this server: whether a write was made is then not known. */
export function lost(status: number, method: string): ApiError {
  const message = 'The server could not be reached. Check the connection and try again.'
  return new ApiError(status, message, method === 'GET' ? {} : { outcome: 'unknown' })
}

const throwErrors: Middleware = {
  async onResponse({ request, response }) {
    if (!response.ok) throw await errorOf(response, request.method)
    // An answer that is cut, or is no JSON, is lost as well; openapi-fetch reads it where onError does not see that.
    await response
      .clone()
      .json()
      .catch((error: unknown) => {
        throw broken(error, request)
      })
  },
  onError({ request, error }) {
    return broken(error, request)
  },
}

/** What comes of an error on the way. A request that its screen gave up is not lost. */
function broken(error: unknown, { signal, method }: Request): Error {
  return signal.aborted && error instanceof Error ? error : lost(0, method)
}

/** Longer than the server takes for a change where Stripe is slow, so that whoever waits for a lost answer can go on. */
const deadlineMs = 120_000

/** The public API, called with the session's cookie. What is refused or lost is thrown as ApiError. */
export const api = createClient<paths>({
  baseUrl: '/console/v1/public',
  fetch: (request) => fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(deadlineMs)]) }),
})
api.use(throwErrors)

/** The body of an answer. */
export async function bodyOf<Body>(request: Promise<{ data?: Body }>): Promise<Body> {
  const { data } = await request
  // Every error was thrown before, and no operation answers without a body.
  if (data === undefined) throw new ApiError(200, 'The answer has no body.')
  return data
}
