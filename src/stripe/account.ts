import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Description } from '../accounts/routes.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from './client.ts'

/** What Stripe knows of an account; undefined where it has left the platform. */
export async function describeAccount(stripe: StripeClient, account: ConnectedAccount): Promise<Description> {
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
