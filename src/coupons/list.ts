import type { ConnectedAccount } from '../accounts/accounts.ts'
import { decodeCursor, type Position } from '../lib/cursor.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { StripeCoupon } from '../stripe/coupons.ts'
import type { Query } from '../stripe/paths.ts'
import { askForFewer } from '../stripe/too-large.ts'

export type CouponPage = { coupons: StripeCoupon[]; hasMore: boolean; last: Position | undefined }

/**
 * One page of an account's coupons, newest first, after the cursor or the coupon's own id. Where the coupon that a cursor
 * names has been deleted, the list goes on from its time of creation: nothing is left out, and what was made in the same
 * second may come twice.
 */
export async function listCoupons(
  stripe: StripeClient,
  account: ConnectedAccount,
  limit: number,
  after: Position | string | undefined,
): Promise<CouponPage> {
  const position = typeof after === 'string' ? decodeCursor(after) : after
  const id = position?.id ?? (typeof after === 'string' ? after : undefined)
  const list = (from: Query) => stripe.listCoupons(account, { limit, ...from }).catch(askForFewer)
  const { value } = await list({ starting_after: id }).catch((error: unknown) => {
    const isDeleted = error instanceof Refusal && error.param === 'starting_after'
    if (!position || !isDeleted) throw error
    return list({ 'created[lte]': position.at })
  })
  return { coupons: value.data, hasMore: value.has_more, last: positionOf(value.data.at(-1)) }
}

export function positionOf(coupon: StripeCoupon | undefined): Position | undefined {
  return coupon && { id: coupon.id, at: coupon.created }
}
