import { accountEndpoints } from './resources/accounts.ts'
import { controlEndpoints } from './controls.ts'
import { couponEndpoints } from './resources/coupons.ts'
import { customerEndpoints } from './resources/customers.ts'
import type { Endpoint } from './protocol/endpoint.ts'
import { unknownUrl } from './protocol/errors.ts'
import { decode } from './protocol/form.ts'
import { productEndpoints } from './resources/products.ts'
import { promotionCodeEndpoints } from './resources/promotion-codes.ts'
import { redemptionEndpoints } from './resources/redemptions.ts'

/** Everything that the sandbox answers. */
const endpoints: readonly Endpoint[] = [
  ...couponEndpoints,
  ...promotionCodeEndpoints,
  ...customerEndpoints,
  ...productEndpoints,
  ...accountEndpoints,
  ...redemptionEndpoints,
  ...controlEndpoints,
]

type Methods = Map<string, Endpoint>

/** Endpoints by path (those with an id by the path before it), then by method. */
const byPath = new Map<string, Methods>()
const byParent = new Map<string, Methods>()
for (const one of endpoints) {
  const [table, path] = one.path.endsWith('/*') ? [byParent, one.path.slice(0, -2)] : [byPath, one.path]
  const methods = table.get(path) ?? new Map<string, Endpoint>()
  table.set(path, methods.set(one.method, one))
}

/** Finds the endpoint of a request and decodes the id in its path. */
export function route(method: string, path: string): { endpoint: Endpoint; id: string } {
  const exact = byPath.get(path)?.get(method)
  if (exact) return { endpoint: exact, id: '' }
  const slash = path.lastIndexOf('/')
  const id = path.slice(slash + 1)
  const one = id === '' ? undefined : byParent.get(path.slice(0, slash))?.get(method)
  if (one === undefined) throw unknownUrl(method, path)
  return { endpoint: one, id: decode(id.replaceAll('+', '%2B')) }
}
