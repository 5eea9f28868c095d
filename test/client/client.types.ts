/**
 * Compiled, not run: `npm run check` fails where one of these lines begins to compile. They hold that the client takes no field
 * that the document does not name: a misspelt max_redemptions would make an unlimited coupon.
 */
import type { Chatdash } from '../../client/client.ts'

const coupons = '/stripe/connect/accounts/{accountId}/coupons'
const coupon = `${coupons}/{couponId}` as const
const params = { path: { accountId: 'acct_1' } }
const one = { path: { accountId: 'acct_1', couponId: 'SUMMER20' } }

export async function misspeltFieldsDoNotCompile(client: Chatdash): Promise<void> {
  // @ts-expect-error -- a misspelt field
  await client.POST(coupons, { params, body: { data: { percent_off: 25, max_redemption: 1 } } })
  // @ts-expect-error -- a field beside data
  await client.POST(coupons, { params, body: { data: { percent_off: 25 }, name: 'Summer' } })
  // @ts-expect-error -- fields without data
  await client.POST(coupons, { params, body: { percent_off: 25 } })
  // @ts-expect-error -- a field within a field
  await client.POST(coupons, { params, body: { data: { applies_to: { products: [], product: 'x' } } } })
  // @ts-expect-error -- a term that an update cannot change
  await client.PUT(coupon, { params: one, body: { data: { percent_off: 5 } } })
  // @ts-expect-error -- an unknown query parameter
  await client.GET(coupons, { params: { ...params, query: { page: 2 } } })
  // @ts-expect-error -- an unknown query parameter of a list that is gone through
  client.all(coupons, { path: params.path, query: { page: 2 } })
  // @ts-expect-error -- an unknown option
  await client.POST(coupons, { params, body: { data: { percent_off: 25 } }, retries: 3 })
  // @ts-expect-error -- a request without what it needs
  await client.POST(coupons)
  // @ts-expect-error -- a path that is not there
  await client.GET('/coupons')
  // @ts-expect-error -- a method that the path does not take
  await client.DELETE(coupons, { params })

  const { data, error } = await client.POST(coupons, { params, body: { data: { percent_off: 25 } } })
  const percent: number | null | undefined = data?.percent_off
  const code: string | undefined = error?.code
  await client.GET('/stripe/connect/accounts')
  void [percent, code]
}
