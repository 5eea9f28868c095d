import { createChatdash, type Refusal, RefusedError } from '../../client/client.ts'
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
  idempotencyKey?: string | undefined
}

type Answer = { data?: unknown; error?: unknown; response: Response }
type Lists = { all(path: string, params: object): AsyncGenerator<Record<string, unknown>> }
type Send = (path: string, init: object) => Promise<Answer>

/** Sends a request to the API at CHATDASH_URL with CHATDASH_API_KEY. @throws Error with the API's sentence */
export async function callApi({ method, path, params, body, idempotencyKey }: Call): Promise<Record<string, unknown>> {
  // The path is chosen at run time, so the client cannot type it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const send = openClient()[method] as Send
  const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }
  const { data, error, response } = await send(path, { params, headers, ...(body && { body }) })
  if (isRecord(data)) return data
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every refusal of the API has this form
  if (isRecord(error) && 'code' in error) throw refused(error as Refusal)
  throw new Error(`CHATDASH_URL does not answer like the API: HTTP ${response.status}`)
}

/** The first items of a list, page after page. @throws Error with the API's sentence */
export async function listFromApi({ path, params }: Omit<Call, 'method'>, limit: number) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  const client = openClient() as unknown as Lists
  const items = []
  try {
    for await (const item of client.all(path, params)) {
      items.push(item)
      if (items.length === limit) break
    }
  } catch (error) {
    throw error instanceof RefusedError ? refused(error.refusal) : error
  }
  return items
}

function openClient() {
  const { url, apiKey } = readCallerConfig()
  if (url === undefined || apiKey === undefined || apiKey === '' || !URL.canParse(url)) {
    throw new UsageError('Set CHATDASH_URL (http://127.0.0.1:3000) and CHATDASH_API_KEY (CD.…), as data/demo.env does.')
  }
  const reach = async (request: Request) =>
    await fetch(request).catch((cause: unknown) => {
      throw new Error(`Nothing answers at CHATDASH_URL ${url}.`, { cause })
    })
  return createChatdash({ url, apiKey, fetch: reach })
}

function refused({ error, code, request_id: requestId }: Refusal): Error {
  return new Error(`${printable(error)} (${code}, ${requestId})`)
}
