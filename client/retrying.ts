import type { components } from './schema.ts'

type Refusal = components['schemas']['Error']
type Fetch = (request: Request) => Promise<Response>

const firstDelayMs = 250
const delayMaxMs = 10_000

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
      const growingMs = firstDelayMs * 2 ** retry * (1 + Math.random())
      try {
        const response = await fetch(isLast ? request : request.clone())
        // Read to its end here, so that a connection that breaks inside the answer counts as broken.
        await response.clone().arrayBuffer()
        if (response.ok) return response
        const body = await bodyOf(response)
        // A proxy in between may have cut a request off that is still carried out.
        if (!isRefusal(body)) throw new Error(`HTTP ${response.status}, and not from the API.`)
        if (isLast || !mayRetry(request, body)) return response
        await sleep(Number(response.headers.get('retry-after') ?? 0) * 1_000 || growingMs, request.signal)
      } catch (error) {
        if (isLast || request.method === 'DELETE' || request.signal.aborted) throw error
        await sleep(growingMs, request.signal)
      }
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
