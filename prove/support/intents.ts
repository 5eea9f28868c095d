import type { Random } from './random.ts'
import { bulkCoupon, type Tenant } from './tenants.ts'

/** What a caller wants once, however often it has to ask. `name` is how the sandbox's side of the wire knows it. */
export type Intent = {
  kind: 'create' | 'update' | 'delete' | 'bulk'
  name: string
  method: string
  path: string
  data?: object
}

type Options = {
  name: string
  tenant: Tenant
  random: Random
  /** How many codes a bulk job makes, and how often there is one. */
  codes: number
  bulkShare: number
}

/** Thinks of what a caller wants next: a coupon, or to change or delete one that is kept for that, or codes. */
export function createIntents({ name, tenant, random, codes, bulkShare }: Options) {
  const kept: string[] = []
  let count = 0

  return {
    /** Has an update or a delete pick this coupon, which nobody else changes. */
    keep: (couponId: string): void => void kept.push(couponId),

    intend(this: void): Intent {
      count += 1
      const id = `${name}-${count}`
      const { coupons } = tenant
      if (random.chance(bulkShare)) {
        const data = { codes: Array.from({ length: codes }, (_, index) => `${id}-${index}`) }
        return { kind: 'bulk', name: id, method: 'POST', path: `${coupons}/${bulkCoupon}/promotion-codes/bulk`, data }
      }
      const target = random.chance(0.4) ? kept.shift() : undefined
      if (target === undefined) {
        const data = { ...(random.chance(0.5) && { id: `ID-${id}` }), name: id, percent_off: 1 + random.below(100) }
        return { kind: 'create', name: id, method: 'POST', path: coupons, data }
      }
      const path = `${coupons}/${target}`
      if (random.chance(0.3)) return { kind: 'delete', name: `delete /v1/coupons/${target}`, method: 'DELETE', path }
      return { kind: 'update', name: id, method: 'PUT', path, data: { name: id } }
    },
  }
}
