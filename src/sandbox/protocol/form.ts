import type { WireRequest } from '../../lib/wire.ts'
import { StripeError } from './errors.ts'

/** A decoded form value: text, a list (`a[]=`) or a map (`a[b]=`, `a[0]=`). Maps have no prototype, so `__proto__` is a plain key. */
export type FormValue = string | FormValue[] | FormMap
export type FormMap = { [key: string]: FormValue }

const pairsMax = 1_000
const depthMax = 16
const bracketed = /^([^[\]]+)((?:\[[^[\]]*\])+)$/

function malformed(why: string): StripeError {
  return new StripeError(`Invalid request: ${why}.`, { stage: 'validation' })
}

/** Percent-decodes a form component. Refuses invalid UTF-8 and NUL instead of replacing them; the wording is a guess. */
export function decode(text: string): string {
  let plain = text
  if (text.includes('+')) plain = plain.replaceAll('+', ' ')
  if (text.includes('%')) {
    try {
      plain = decodeURIComponent(plain)
    } catch {
      throw malformed('the parameters are not valid percent-encoded UTF-8')
    }
  }
  if (plain.includes('\0')) throw malformed('the parameters contain a NUL character')
  return plain
}

export function isMap(value: FormValue | undefined): value is FormMap {
  return typeof value === 'object' && !Array.isArray(value)
}

function emptyMap(): FormMap {
  const map: FormMap = Object.create(null)
  return map
}

function put(root: FormMap, name: string, keys: string[], value: string): void {
  if (keys.length > depthMax) throw malformed('the parameters are nested too deeply')
  let map = root
  let key = name
  for (const [index, next] of keys.entries()) {
    const isLast = index === keys.length - 1
    const child = map[key]
    if (next === '') {
      if (!isLast) throw malformed('an empty bracket must be the last one')
      if (child !== undefined && !Array.isArray(child)) throw malformed(`${key} is given in two ways`)
      const list = child ?? []
      list.push(value)
      map[key] = list
      return
    }
    if (child !== undefined && !isMap(child)) throw malformed(`${key} is given in two ways`)
    const inner = child ?? emptyMap()
    map[key] = inner
    map = inner
    key = next
  }
  const before = map[key]
  if (before !== undefined && typeof before !== 'string') throw malformed(`${key} is given in two ways`)
  map[key] = value
}

/**
 * Decodes a query or form body as Stripe's SDKs encode them: brackets for maps, `[0]` or `[]` for lists. The last
 * occurrence of a scalar wins.
 */
function parseForm(text: string): FormMap {
  const root = emptyMap()
  if (text === '') return root
  if (!text.isWellFormed()) throw malformed('the parameters are not valid UTF-8')
  const pairs = text.split('&')
  if (pairs.length > pairsMax) throw malformed(`more than ${pairsMax} parameters`)
  for (const pair of pairs) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at))
    const value = at < 0 ? '' : decode(pair.slice(at + 1))
    const parts = name.includes('[') ? bracketed.exec(name) : null
    if (parts?.[1] === undefined || parts[2] === undefined) put(root, name, [], value)
    else put(root, parts[1], parts[2].slice(1, -1).split(']['), value)
  }
  return root
}

/** Bodies longer than this many characters are answered 413; no request of Stripe's API needs as much. */
export const bodyLengthMax = 1024 * 1024

/** Parses the parameters of query and body. Told: other content types than a form are refused; the wording is our own. */
export function readForm(request: WireRequest, query: string): FormMap {
  if (request.body.length > bodyLengthMax) {
    throw new StripeError('Invalid request: the body is too large.', { status: 413 })
  }
  if (request.method !== 'POST' || request.body === '') return parseForm(query)
  const type = request.headers['content-type'] ?? ''
  if (type !== '' && !type.startsWith('application/x-www-form-urlencoded')) {
    throw new StripeError(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
    )
  }
  return parseForm(query === '' ? request.body : `${query}&${request.body}`)
}

/** Normalizes parameters independently of their order, so that requests with one idempotency key can be compared. */
export function canonical(value: FormValue): unknown {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(canonical)
  return Object.keys(value)
    .toSorted()
    .map((key) => [key, canonical(value[key] ?? '')])
}
