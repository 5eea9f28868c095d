import type Stripe from 'stripe'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Description } from '../accounts/routes.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeRequest } from './request.ts'

type StripeAccount = Stripe.Account

/** Stripe's connected accounts, as the platform sees them. */
export function stripeAccounts(request: StripeRequest) {
  return {
    retrieveAccount: (account: ConnectedAccount) =>
      request<StripeAccount>('GET', `/v1/accounts/${account.id}`, { queueAs: account, object: 'account' }),

    /** Creates a connected account of the platform; its id. For the sandbox, where an account costs nothing. */
    async createAccount(name: string): Promise<string> {
      const params = { type: 'standard', business_profile: { name } }
      return (await request<StripeAccount>('POST', '/v1/accounts', { params, object: 'account' })).value.id
    },
  }
}

/** Stripe's description of an account; undefined if it has left the platform. */
export async function describeAccount(
  stripe: Pick<ReturnType<typeof stripeAccounts>, 'retrieveAccount'>,
  account: ConnectedAccount,
): Promise<Description> {
  try {
    const { value } = await stripe.retrieveAccount(account)
    return {
      name: value.business_profile?.name ?? value.settings?.dashboard?.display_name ?? null,
      defaultCurrency: value.default_currency ?? null,
      chargesEnabled: value.charges_enabled,
    }
  } catch (error) {
    if (error instanceof Refusal && error.code === 'account_disconnected') return undefined
    throw error
  }
}
