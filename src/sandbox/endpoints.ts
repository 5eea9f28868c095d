import { controlEndpoints } from './controls.ts'
import { indexOf } from './index-endpoint.ts'
import type { Endpoint } from './protocol/endpoint.ts'
import { unknownUrl } from './protocol/errors.ts'
import { decode } from './protocol/form.ts'
import { accountEndpoints } from './resources/accounts.ts'
import { couponEndpoints } from './resources/coupons.ts'
import { customerEndpoints } from './resources/customers.ts'
import { productEndpoints } from './resources/products.ts'
import { promotionCodeEndpoints } from './resources/promotion-codes.ts'
import { redemptionEndpoints } from './resources/redemptions.ts'
import { stateEndpoints } from './state-controls.ts'

const listed: readonly Endpoint[] = [
  ...couponEndpoints,
  ...promotionCodeEndpoints,
  ...customerEndpoints,
  ...productEndpoints,
  ...accountEndpoints,
  ...redemptionEndpoints,
  ...controlEndpoints,
  ...stateEndpoints,
]

/** Everything that the sandbox answers. */
const endpoints = [indexOf(listed), ...listed]

type Methods = Map<string, Endpoint>

/** Endpoints by path, then by method: those that end in an id by the path before it, those with an id inside with a `*`. */
const byPath = new Map<string, Methods>()
const byParent = new Map<string, Methods>()
for (const one of endpoints) {
  const [table, path] = one.path.endsWith('/*') ? [byParent, one.path.slice(0, -2)] : [byPath, one.path]
  const methods = table.get(path) ?? new Map<string, Endpoint>()
  table.set(path, methods.set(one.method, one))
}

const resources = [...byPath.keys()].filter((path) => path.startsWith('/v1/') && !path.includes('*')).toSorted()
const supported = ` The sandbox supports ${resources.join(', ')}; GET /_sandbox lists every call.`

/** Finds the endpoint of a request and decodes the id in its path, where a plus is a space. */
export function route(method: string, path: string): { endpoint: Endpoint; id: string } {
  const exact = byPath.get(path)?.get(method)
  if (exact) return { endpoint: exact, id: '' }
  const slash = path.lastIndexOf('/')
  const parent = path.slice(0, slash)
  const last = path.slice(slash + 1)
  const one = last === '' ? undefined : byParent.get(parent)?.get(method)
  if (one) return { endpoint: one, id: decode(last) }
  const inner = parent.lastIndexOf('/')
  const nested = byPath.get(`${parent.slice(0, inner)}/*/${last}`)?.get(method)
  if (nested && inner + 1 < parent.length) return { endpoint: nested, id: decode(parent.slice(inner + 1)) }
  // Of a URL that the sandbox knows with another method, Stripe's own sentence says all.
  throw unknownUrl(method, path, byPath.has(path) || byParent.has(parent) ? '' : supported)
}
