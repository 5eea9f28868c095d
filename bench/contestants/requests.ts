import { requestText } from '../load/wire.ts'
import type { Tenant } from './tenants.ts'

export const operations = {
  create: { method: 'POST', path: '', body: '{"data":{"name":"Summer Sale","percent_off":25,"duration":"once"}}' },
  update: { method: 'PUT', path: '/SUMMER20', body: '{"data":{"name":"Winter Sale"}}' },
  retrieve: { method: 'GET', path: '/SUMMER20', body: '' },
} as const
export type Operation = keyof typeof operations

/** The operation for each tenant, as whole requests. */
export function requestsOf(operation: Operation, tenants: Tenant[]): string[] {
  const { method, path, body } = operations[operation]
  return tenants.map(({ key, accountId }) => {
    const headers = { authorization: key, ...(body !== '' && { 'content-type': 'application/json' }) }
    return requestText(method, couponsOf(accountId) + path, headers, body)
  })
}

export function couponsOf(accountId: string): string {
  return `/v1/public/stripe/connect/accounts/${accountId}/coupons`
}
