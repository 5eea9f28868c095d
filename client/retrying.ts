import type { components } from './schema.ts'

type Refusal = components['schemas']['Error']
type Fetch = (request: Request) => Promise<Response>

const firstDelayMs = 250
const delayMaxMs = 10_000

/** An answer that did not come from the API, such as a proxy's. */
export class ForeignAnswer extends Error {
  /** Whether the proxy may have passed the request on, which it cut off then, or may pass it on later. */
  readonly mayBeDone: boolean

  constructor(status: number) {
    super(`HTTP ${status}, and not from the API.`)
    this.mayBeDone = status >= 500 || status === 408 || status === 429
  }
}

/**
 * A fetch that sends a request again where the connection broke, where something other than the API refused it, or where the answer says
 * that the same request may succeed.
 * Reads change nothing and other writes carry an Idempotency-Key; a DELETE, for which Stripe keeps none, is sent again only
 * where nothing was done.
 */
export function retrying(fetch: Fetch, retriesMax: number): Fetch {
  return async (request) => {
    for (let retry = 0; ; retry += 1) {
      const isLast = retry >= retriesMax
      let delayMs = firstDelayMs * 2 ** retry * (1 + Math.random())
      try {
        const response = await fetch(isLast ? request : request.clone())
        // Read to its end here, so that a connection that breaks inside the answer counts as broken.
        await response.clone().arrayBuffer()
        if (response.ok) return response
        delayMs = Number(response.headers.get('retry-after') ?? 0) * 1_000 || delayMs
        const body = await bodyOf(response)
        if (!isRefusal(body)) throw new ForeignAnswer(response.status)
        if (isLast || !mayRetry(request, body)) return response
      } catch (error) {
        const isFinal = error instanceof ForeignAnswer && !error.mayBeDone
        if (isLast || isFinal || request.method === 'DELETE' || request.signal.aborted) throw error
      }
      await sleep(delayMs, request.signal)
    }
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  return await response
    .clone()
    .json()
    .catch(() => undefined)
}

/** False for an answer that did not come from the API, such as a proxy's. */
function isRefusal(body: unknown): body is Refusal {
  return typeof body === 'object' && body !== null && 'code' in body && 'error' in body
}

function mayRetry({ method }: Request, { retryable, outcome }: Refusal): boolean {
  return retryable && (method !== 'DELETE' || outcome === 'not_applied')
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(ms, delayMaxMs))
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(signal.reason)
      },
      { once: true },
    )
  })
}
