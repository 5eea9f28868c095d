import type { WireRequest } from '../lib/wire.ts'

type LoggedRequest = {
  id: string
  object: 'sandbox.request'
  account: string | null
  api_version: string
  created: number
  fault: string | null
  idempotency_key: string | null
  method: string
  /** Query and body as they were sent. */
  params: string
  path: string
  /** Null where a fault broke the connection. */
  status: number | null
}
type LogFilter = { account?: string; method?: string; path?: string; status?: number }

const entriesMax = 1000
const paramsLengthMax = 4000

/** Copies the start of a long text, since a substring would keep the whole of it in memory. */
function shortened(text: string): string {
  return text.length > paramsLengthMax ? Buffer.from(text.slice(0, paramsLengthMax)).toString() : text
}

/** The newest requests that this process answered, without their API keys. Requests of the controls are not logged. */
export class RequestLog {
  #entries: LoggedRequest[] = []

  add(
    { method, path: url, headers, body }: WireRequest,
    { requestId, version, now }: { requestId: string; version: string; now: number },
    status: number | null,
    fault: string | undefined,
  ): void {
    if (url.startsWith('/_sandbox')) return
    const at = url.indexOf('?')
    const query = at < 0 ? '' : url.slice(at + 1)
    this.#entries.push({
      id: requestId,
      object: 'sandbox.request',
      account: headers['stripe-account'] ?? headers['stripe-context'] ?? null,
      api_version: version,
      created: now,
      fault: fault ?? null,
      idempotency_key: headers['idempotency-key'] ?? null,
      method,
      params: shortened(query === '' || body === '' ? query + body : `${query}&${body}`),
      path: shortened(at < 0 ? url : url.slice(0, at)),
      status,
    })
    if (this.#entries.length >= 2 * entriesMax) this.#entries = this.#entries.slice(-entriesMax)
  }

  /** Lists up to `limit` matching requests, newest first. `path` matches the beginning. */
  list(filter: LogFilter, limit: number): { entries: LoggedRequest[]; hasMore: boolean } {
    const matching = this.#entries
      .slice(-entriesMax)
      .toReversed()
      .filter(
        (entry) =>
          (filter.account === undefined || entry.account === filter.account) &&
          (filter.method === undefined || entry.method === filter.method) &&
          (filter.status === undefined || entry.status === filter.status) &&
          entry.path.startsWith(filter.path ?? ''),
      )
    return { entries: matching.slice(0, limit), hasMore: matching.length > limit }
  }

  clear(): void {
    this.#entries = []
  }
}
