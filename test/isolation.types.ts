/**
 * Compiled, not run: `npm run check` fails where one of these lines begins to compile. They hold that no call to Stripe can
 * be made for an account that was not checked to be the caller's.
 */
import type { Accounts, ConnectedAccount } from '../src/accounts/accounts.ts'
import type { Changes } from '../src/journal/changes.ts'
import type { StripeClient } from '../src/stripe/client.ts'

export async function isolationIsAType(stripe: StripeClient, changes: Changes, accounts: Accounts): Promise<void> {
  const key = { idempotencyKey: 'k', keySource: 'caller' } as const
  const origin = { actor: 'api_key', keyId: 'key_1', requestId: 'req_1', ...key } as const
  const change = { operation: 'coupon.create', objectId: null, terms: {}, fields: {} }

  // @ts-expect-error -- an id is not a proof
  await stripe.createCoupon('acct_1', {}, 'key')
  // @ts-expect-error -- nor is an object that looks like one
  await stripe.createCoupon({ id: 'acct_1', agencyId: 'ag_1' }, {}, 'key')
  // @ts-expect-error -- for an update neither
  await stripe.updateCoupon({ id: 'acct_1', agencyId: 'ag_1' }, 'SUMMER20', {}, 'key')
  // @ts-expect-error -- a write without an Idempotency-Key is not a call
  await stripe.createCoupon(await accounts.requireAccount('ag_1', 'acct_1'), {})
  // @ts-expect-error -- nor can a change be recorded without the proof
  await changes.record('acct_1', origin, change, () => Promise.reject(new Error()))
  // @ts-expect-error -- a proof cannot be written down
  const forged: ConnectedAccount = { id: 'acct_1', agencyId: 'ag_1' }

  await stripe.createCoupon(await accounts.requireAccount('ag_1', 'acct_1'), {}, 'key')
  void forged
}
