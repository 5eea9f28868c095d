import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from '../support/document.ts'
import { type TestServer, startTestServer } from '../support/server.ts'

/** Every operation with its documented example, on an account that has what the examples speak of. */
describe('the documented example', () => {
  let server: TestServer
  let path: string
  beforeAll(async () => {
    server = await startTestServer()
    path = server.coupons.replace(/\/coupons$/, '')
  })
  afterAll(() => server.close())

  const post = async (what: string, data: object) => {
    const { status, body } = await server.call(path + what, { method: 'POST', body: { data } })
    expect(status).toBeLessThan(300)
    return String(body['id'])
  }

  /** The ids that a path can need, each of an object made for this one call. */
  const idsFor = async (template: string): Promise<Record<string, string>> => {
    const isAboutCoupon = template.includes('{couponId}') || template.includes('/promotion-codes')
    const gone = await server.call(`${server.coupons}/SUMMER20`, { method: 'DELETE' })
    expect([200, 404]).toContain(gone.status)
    const couponId = isAboutCoupon ? await post('/coupons', { id: 'SUMMER20', percent_off: 25 }) : ''
    const promotionCodeId = isAboutCoupon ? await post('/promotion-codes', { coupon: couponId }) : ''
    const jobId = template.includes('{jobId}') ? await post('/coupons/SUMMER20/promotion-codes/bulk', { count: 2 }) : ''
    const keyId = template.includes('{keyId}') ? (await server.openKey(server)).keyId : ''
    return { accountId: server.accountId, couponId, promotionCodeId, jobId, keyId }
  }

  test.each(operations)('of $name is answered with success', async ({ method, path: template, example, operation }) => {
    const ids = await idsFor(template)
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '')
    const { status } = await server.call(filled, { method, ...(example && { body: example }) })
    const success = Object.keys(operation.responses).filter((documented) => documented < '300')
    expect(success).toEqual([String(status)])
  })
})
