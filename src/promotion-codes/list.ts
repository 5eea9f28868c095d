import type { ConnectedAccount } from '../accounts/accounts.ts'
import { limitDefault, toPage } from '../schema/lists.ts'
import { decodeCursor } from '../lib/cursor.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { Query } from '../stripe/paths.ts'
import { askForFewer } from '../stripe/too-large.ts'
import { toPromotionCode } from './promotion-code.ts'

/** One page of an account's promotion codes, newest first. A promotion code cannot be deleted, so a cursor stays good. */
export async function listPromotionCodes(
  stripe: StripeClient,
  account: ConnectedAccount,
  { starting_after: after, limit = limitDefault, ...filters }: Query & { starting_after?: string | undefined },
) {
  const starting_after = after === undefined ? undefined : (decodeCursor(after)?.id ?? after)
  const { value } = await stripe.listPromotionCodes(account, { ...filters, limit, starting_after }).catch(askForFewer)
  const last = value.data.at(-1)
  return toPage(value.data.map(toPromotionCode), value.has_more, last && { id: last.id, at: last.created })
}
