import { accountEndpoints } from './accounts.ts'
import { controlEndpoints } from './controls.ts'
import { couponEndpoints } from './coupons.ts'
import { customerEndpoints } from './customers.ts'
import type { Endpoint } from './endpoint.ts'
import { unknownUrl } from './errors.ts'
import { decode } from './form.ts'
import { productEndpoints } from './products.ts'
import { promotionCodeEndpoints } from './promotion-codes.ts'
import { redemptionEndpoints } from './redemptions.ts'

/** Everything that the sandbox answers: the heart of it. */
export const endpoints: readonly Endpoint[] = [
  ...couponEndpoints,
  ...promotionCodeEndpoints,
  ...customerEndpoints,
  ...productEndpoints,
  ...accountEndpoints,
  ...redemptionEndpoints,
  ...controlEndpoints,
]

const table = new Map(endpoints.map((one) => [`${one.method} ${one.path}`, one]))

/** The endpoint of a request and the id in its path. */
export function route(method: string, path: string): { endpoint: Endpoint; id: string } {
  const whole = table.get(`${method} ${path}`)
  if (whole && !whole.path.endsWith('*')) return { endpoint: whole, id: '' }
  const slash = path.lastIndexOf('/')
  const id = path.slice(slash + 1)
  const one = id === '' ? undefined : table.get(`${method} ${path.slice(0, slash)}/*`)
  if (one === undefined) throw unknownUrl(method, path)
  return { endpoint: one, id: decode(id.replaceAll('+', '%2B')) }
}
