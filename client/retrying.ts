type Fetch = (request: Request) => Promise<Response>

const firstPauseMs = 250
const pauseMaxMs = 10_000

/**
 * A fetch that sends a request again where the connection broke, or where the answer says that the same request may succeed.
 * That is safe for every operation: reads change nothing and writes carry an Idempotency-Key.
 */
export function retrying(fetch: Fetch, retriesMax: number): Fetch {
  return async (request) => {
    for (let retry = 0; ; retry += 1) {
      const isLast = retry >= retriesMax
      const growing = firstPauseMs * 2 ** retry * (1 + Math.random())
      try {
        const response = await fetch(isLast ? request : request.clone())
        if (isLast || !(await isRetryable(response))) return response
        await pause(secondsOf(response) * 1000 || growing)
      } catch (error) {
        if (isLast || request.signal.aborted) throw error
        await pause(growing)
      }
    }
  }
}

async function isRetryable(response: Response): Promise<boolean> {
  if (response.ok) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  return typeof body === 'object' && body !== null && 'retryable' in body && body.retryable === true
}

function secondsOf(response: Response): number {
  return Number(response.headers.get('retry-after') ?? 0)
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.min(ms, pauseMaxMs)))
}
