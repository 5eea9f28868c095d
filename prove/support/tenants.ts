import { createAccounts } from '../../src/accounts/accounts.ts'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import type { Database } from '../../src/database/database.ts'
import { couponsOf } from '../../test/support/server.ts'
import { sandboxClient, stripeKey, type Wire } from './wire.ts'

export type Tenant = { agencyId: string; accountId: string; key: string; coupons: string }

/** The coupon of every account on which bulk jobs make their codes. */
export const bulkCoupon = 'BULK'

/** Makes so many agencies, each with a key, an account and the coupon for bulk jobs. */
export async function makeTenants(database: Database, wire: Wire, count: number): Promise<Tenant[]> {
  const stripe = sandboxClient(wire)
  const tenants: Tenant[] = []
  for (let number = 0; number < count; number += 1) {
    const accountId = await stripe.createAccount(`Business ${number}`)
    const { id: agencyId } = await createAgencies(database).createAgency(`Agency ${number}`)
    const { secret: key } = await createApiKeys(database, 'test').createKey(agencyId, 'prove')
    await createAccounts(database, 'test').connect(agencyId, accountId)
    const headers = { authorization: `Bearer ${stripeKey}`, 'stripe-account': accountId }
    await wire.sandbox.send({ method: 'POST', path: '/v1/coupons', headers, body: `id=${bulkCoupon}&percent_off=10` })
    tenants.push({ agencyId, accountId, key, coupons: couponsOf(accountId) })
  }
  return tenants
}
