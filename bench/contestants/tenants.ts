import { createAccounts } from '../../src/accounts/accounts.ts'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import type { Database } from '../../src/database/database.ts'

/** A key and an account that it may use. */
export type Tenant = { key: string; accountId: string }

/** Several, because the server shares itself and Stripe among agencies and accounts. */
export const tenantCount = 4

/** As many as the pool of PostgreSQL has connections for. */
const atOnce = 8

/** Makes an agency with a key for each account, as the commands do. */
export async function makeTenants(database: Database, accountIds = accountIdsOf(tenantCount)): Promise<Tenant[]> {
  const make = async (accountId: string): Promise<Tenant> => {
    const { id } = await createAgencies(database).createAgency(`Agency of ${accountId}`)
    const { secret: key } = await createApiKeys(database, 'test').createKey(id, 'bench')
    await createAccounts(database, 'test').connect(id, accountId)
    return { key, accountId }
  }
  const tenants: Tenant[] = []
  for (let first = 0; first < accountIds.length; first += atOnce) {
    tenants.push(...(await Promise.all(accountIds.slice(first, first + atOnce).map(make))))
  }
  return tenants
}

/** Those of the contestants that make no keys of their own. */
export function expressTenants(count = tenantCount): Tenant[] {
  return accountIdsOf(count).map((accountId, number) => ({
    key: `CD.${String(number).padStart(40, '0')}`,
    accountId,
  }))
}

export function accountIdsOf(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `acct_bench${number}`)
}
