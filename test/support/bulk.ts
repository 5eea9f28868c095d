import { expect } from 'vitest'
import type { Answer, Tenant, TestServer } from './server.ts'

export type Code = {
  code: string
  status: string
  promotion_code: string | null
  error: string | null
  error_code: string | null
}
export type Job = {
  id: string
  status: string
  total: number
  succeeded: number
  failed: number
  canceled: number
  finished_at: number | null
}

type Create = { key?: string; coupon?: string }

/** What a caller does with bulk jobs of its account; of the server's own tenant where none is named. */
export function bulkCaller(server: TestServer, tenant: Tenant = server) {
  const path = (coupon = 'TEN') => `${tenant.coupons}/${coupon}/promotion-codes/bulk`
  const call = (to: string, method = 'GET', body?: object) =>
    server.call(to, { method, key: tenant.key, ...(body && { body }) })

  const create = (data: unknown, { key, coupon }: Create = {}) =>
    server.call(path(coupon), {
      method: 'POST',
      key: tenant.key,
      body: { data },
      headers: key === undefined ? {} : { 'idempotency-key': key },
    })

  const find = async (id: string, coupon?: string) => (await call(`${path(coupon)}/${id}`)).body as Job

  const pages = async (list: string) => {
    const all: Record<string, unknown>[] = []
    for (let query: string | undefined = '?limit=100'; query !== undefined;) {
      const { body }: Answer = await call(list + query)
      all.push(...(body['data'] as Record<string, unknown>[]))
      query = body['has_more'] === true ? `?limit=100&starting_after=${String(body['next_cursor'])}` : undefined
    }
    return all
  }

  const codes = async (id: string, coupon?: string) => (await pages(`${path(coupon)}/${id}/codes`)) as Code[]

  /** An accepted job, as its caller is told. */
  const accepted = async (data: object, options?: Create): Promise<Job> => {
    const answer = await create(data, options)
    expect(answer.status).toBe(202)
    return answer.body as Job
  }

  /** The job once its last code is settled, with its codes. */
  const finished = async (id: string, coupon?: string): Promise<Job & { codes: Code[] }> => {
    const finishedAt = async () => (await find(id, coupon)).finished_at
    await expect.poll(finishedAt, { interval: 20 }).not.toBe(null)
    return { ...(await find(id, coupon)), codes: await codes(id, coupon) }
  }

  /** Every promotion code of the coupon, as `id code`. */
  const made = async (): Promise<string[]> => {
    const all = await pages(`${tenant.coupons}/TEN/promotion-codes`)
    return all.map(({ id, code }) => `${String(id)} ${String(code)}`).toSorted()
  }

  const cancel = (id: string, coupon?: string) => call(`${path(coupon)}/${id}/cancel`, 'POST')
  const addCoupon = (id: string, more: object = {}) =>
    call(tenant.coupons, 'POST', { data: { id, percent_off: 10, ...more } })
  return { path, create, find, codes, accepted, finished, made, cancel, addCoupon }
}

/** What the codes that were created are told to be, as `id code`. */
export function told(codes: Code[]): string[] {
  return codes
    .filter(({ status }) => status === 'created')
    .map(({ promotion_code, code }) => `${promotion_code} ${code}`)
    .toSorted()
}
