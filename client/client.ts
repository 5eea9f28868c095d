import createClient, {
  type Client,
  type ClientPathsWithMethod,
  type FetchResponse,
  type MaybeOptionalInit,
  type Middleware,
} from 'openapi-fetch'
import { ForeignAnswer, retrying } from './retrying.ts'
import type { components, paths } from './schema.ts'

export type Account = components['schemas']['Account']
export type Coupon = components['schemas']['Coupon']
export type CouponPreview = components['schemas']['CouponPreview']
export type PromotionCode = components['schemas']['PromotionCode']
export type Refusal = components['schemas']['Error']

export type ChatdashOptions = {
  /** Where the server is: `https://api.example.com`. The paths of requests are those of the API's document. */
  url: string
  apiKey: string
  /** How often a request is sent again after a broken connection or an answer that says it may be; 2 by default. */
  retriesMax?: number
  fetch?: (request: Request) => Promise<Response>
}

/** Thrown by `all` where a page is refused. */
export class RefusedError extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.error)
    this.name = 'RefusedError'
    this.refusal = refusal
  }
}

/**
 * Thrown where a POST or PUT got no whole answer of the API, also because the caller's `signal` gave it up, so that it may have been done. To
 * send it again with this key, as the header `idempotency-key`, does it once at most. The `cause` is the broken connection's error, that of
 * a proxy's answer, or the signal's reason.
 */
export class LostError extends Error {
  readonly idempotencyKey: string

  constructor(idempotencyKey: string, cause: unknown) {
    super('No whole answer came, so it may have been done.', { cause })
    this.name = 'LostError'
    this.idempotencyKey = idempotencyKey
  }
}

type Method = 'get' | 'post' | 'put' | 'delete'
type Options<Path extends keyof paths, M extends Method> = MaybeOptionalInit<paths[Path], M>

/** A request of one method. Its options are not inferred, as those of openapi-fetch are: a misspelt field does not compile. */
type Send<M extends Method> = <Path extends ClientPathsWithMethod<Client<paths>, M>>(
  path: Path,
  ...options: undefined extends Options<Path, M> ? [options?: Options<Path, M>] : [options: Options<Path, M>]
) => Promise<FetchResponse<paths[Path][M] & object, object, `${string}/${string}`>>

export type Chatdash = Pick<Client<paths>, 'use' | 'eject'> & {
  GET: Send<'get'>
  POST: Send<'post'>
  PUT: Send<'put'>
  DELETE: Send<'delete'>
  /**
   * Everything of a list, page after page, as an async iterator.
   * @throws RefusedError, or an Error where it was not the API that answered
   */
  all<Path extends ListPath>(path: Path, params: ListParams<Path>): AsyncGenerator<ItemOf<Path>, void, undefined>
}

/**
 * A client of the API, typed by its document: `GET`, `POST`, `PUT` and `DELETE` take a path and answer `{ data, error }`. Each
 * write has an Idempotency-Key, the caller's or a generated one. Requests that are safe to repeat are retried if that may help.
 */
export function createChatdash({ url, apiKey, retriesMax = 2, fetch = globalThis.fetch }: ChatdashOptions): Chatdash {
  const client = createClient<paths>({
    baseUrl: new URL('/v1/public', url).href,
    headers: { authorization: apiKey },
    fetch: retrying(fetch, retriesMax),
  })
  client.use(keyedWrites)

  // A function of all lists cannot use the types of one list's parameters: they are dropped here and restored in `Chatdash`.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const get = client.GET as Get

  async function* all(path: string, params: { path?: object; query?: object }) {
    let cursor: string | null | undefined
    do {
      const query = cursor === undefined ? { ...params.query } : { ...params.query, starting_after: cursor }
      const { data, error, response } = await get(path, { params: { ...params, query } })
      if (error) throw new RefusedError(error)
      if (!data) throw new Error(`HTTP ${response.status} without a list, for ${path}`)
      yield* data.data
      cursor = data.next_cursor
    } while (cursor !== null)
  }

  // The methods are those of openapi-fetch, with stricter types.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- and `all` as said above
  return Object.assign(client, { all }) as unknown as Chatdash
}

const keyedWrites: Middleware = {
  onRequest({ request }) {
    // Thrown here, what was given up before it was sent does not reach `onError`.
    request.signal.throwIfAborted()
    if (request.method !== 'GET' && !request.headers.has('idempotency-key')) {
      request.headers.set('idempotency-key', newKey())
    }
  },
  onError({ request, error }) {
    if (error instanceof ForeignAnswer && !error.mayBeDone) return undefined
    const key = request.headers.get('idempotency-key')
    return key !== null && request.method !== 'DELETE' ? new LostError(key, error) : undefined
  },
}

/** Node 18 has no global crypto, nor has a page without HTTPS; a key has to be unique, not secret. */
function newKey(): string {
  const { crypto }: { crypto?: { randomUUID?: () => string } } = globalThis
  return crypto?.randomUUID?.() ?? Array.from({ length: 4 }, () => Math.random().toString(36).slice(2)).join('-')
}

type Page = { data: unknown[]; next_cursor: string | null }
type Get = (path: string, init: object) => Promise<{ data?: Page; error?: Refusal; response: Response }>
type PageOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Answer } } } }
}
  ? Answer
  : never

/** The paths whose GET answers a page of a list. */
export type ListPath = {
  [Path in keyof paths]: PageOf<Path> extends { data: unknown[]; next_cursor: string | null }
    ? [PageOf<Path>] extends [never]
      ? never
      : Path
    : never
}[keyof paths]

export type ItemOf<Path extends ListPath> = PageOf<Path> extends { data: (infer Item)[] } ? Item : never

type ParametersOf<Path extends ListPath> = paths[Path]['get'] extends { parameters: infer Parameters }
  ? Parameters
  : never

/** The parameters of a list without the cursor, which the iterator sets. */
export type ListParams<Path extends ListPath> = (ParametersOf<Path> extends { path: infer InPath extends object }
  ? { path: InPath }
  : unknown) & {
  query?: Omit<NonNullable<ParametersOf<Path> extends { query?: infer Query } ? Query : never>, 'starting_after'>
}
