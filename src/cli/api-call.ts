import { readCallerConfig } from '../config.ts'
import { isRecord } from '../lib/is-record.ts'
import { UsageError } from './command.ts'
import { printable } from './output.ts'

export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** A path of the API's document, with its parameters in braces. */
  path: string
  params: { path: Record<string, string>; query: Record<string, string> }
  body?: { data: Record<string, unknown> }
  /** For a change that must not be made twice. */
  idempotencyKey?: string | undefined
}

type Body = Record<string, unknown>

/** Sends a request to the API at CHATDASH_URL with CHATDASH_API_KEY. @throws Error with the API's sentence */
export async function callApi({ method, path, params, body, idempotencyKey }: Call): Promise<Body> {
  const { url, apiKey } = caller()
  const target = new URL(
    `/v1/public${path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params.path[name] ?? ''))}`,
    url,
  )
  target.search = new URLSearchParams(params.query).toString()
  const headers = {
    authorization: apiKey,
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    ...(body && { 'content-type': 'application/json' }),
  }
  const again = idempotencyKey === undefined ? '' : ` To send it again safely, add --idempotency-key ${idempotencyKey}.`
  const answer = await fetch(target, { method, headers, ...(body && { body: JSON.stringify(body) }) }).catch(
    (cause: unknown) => {
      throw new Error(`Nothing answers at CHATDASH_URL ${url}.${again}`, { cause })
    },
  )
  const answered: unknown = await answer.json().catch(() => undefined)
  if (!isRecord(answered)) throw new Error(`CHATDASH_URL does not answer like the API: HTTP ${answer.status}.${again}`)
  if (answer.ok) return answered
  const { error, code, request_id: requestId, outcome } = answered
  const refusal = `${printable(String(error))} (${String(code)}, ${String(requestId)})`
  throw new Error(outcome === 'unknown' ? refusal + again : refusal)
}

/** The first items of a list, page after page, and whether there are more. @throws Error with the API's sentence */
export async function listFromApi(
  { path, params }: Omit<Call, 'method'>,
  limit: number,
): Promise<{ items: Body[]; hasMore: boolean }> {
  const items: Body[] = []
  let after: Record<string, string> = {}
  for (;;) {
    const query = { ...params.query, ...after }
    const { data, next_cursor: next } = await callApi({ method: 'GET', path, params: { ...params, query } })
    if (!Array.isArray(data)) throw new Error('CHATDASH_URL does not answer with a list.')
    items.push(...data.filter(isRecord))
    const isLast = typeof next !== 'string'
    if (isLast || items.length >= limit)
      return { items: items.slice(0, limit), hasMore: !isLast || items.length > limit }
    after = { starting_after: next }
  }
}

/** @throws UsageError where the variables are not set */
function caller(): { url: string; apiKey: string } {
  const { url, apiKey } = readCallerConfig()
  if (url === undefined || apiKey === undefined || apiKey === '' || !/^https?:\/\/[^\s/@]+\/?$/.test(url)) {
    throw new UsageError('Set CHATDASH_URL (http://127.0.0.1:3000) and CHATDASH_API_KEY (CD.…), as data/demo.env does.')
  }
  return { url, apiKey }
}
