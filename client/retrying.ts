type Fetch = (request: Request) => Promise<Response>

const firstDelayMs = 250
const delayMaxMs = 10_000

/**
 * A fetch that sends a request again where the connection broke, or where the answer says that the same request may succeed.
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
        if (isLast || !(await mayRetry(request, response))) return response
        await sleep(Number(response.headers.get('retry-after') ?? 0) * 1_000 || growingMs, request.signal)
      } catch (error) {
        if (isLast || request.method === 'DELETE' || request.signal.aborted) throw error
        await sleep(growingMs, request.signal)
      }
    }
  }
}

async function mayRetry(request: Request, response: Response): Promise<boolean> {
  if (response.ok) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  if (typeof body !== 'object' || body === null || !('retryable' in body) || body.retryable !== true) return false
  return request.method !== 'DELETE' || ('outcome' in body && body.outcome === 'not_applied')
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
