import { Refusal } from '../lib/refusal.ts'

/** A list's parameters, named as in Stripe's query. */
export type Query = Record<string, string | number | boolean | undefined>

/** The path of one object. @throws Refusal for an id that no path can name */
export function objectPath(type: 'coupon' | 'promotion_code', id: string): string {
  // As a path segment these two would name another resource.
  if (id === '.' || id === '..') {
    const param = type === 'coupon' ? 'couponId' : 'promotionCodeId'
    throw new Refusal('not_found', `No such ${type.replace('_', ' ')}: '${id}'`, { param })
  }
  return `/v1/${type}s/${encodeURIComponent(id)}`
}

export function queryString(query: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? '' : `?${search.toString()}`
}
