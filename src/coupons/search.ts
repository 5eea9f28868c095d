import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Position } from '../lib/cursor.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import type { StripeCoupon } from '../stripe/coupons.ts'
import { type CouponPage, listCoupons, positionOf } from './list.ts'

/** Stripe cannot search coupons, so a search reads pages: at most this many calls, for at most this long. */
const callsMax = 120
const timeMaxMs = 15_000
const pageSizeMax = 100

type Found = CouponPage & { searched: number; isComplete: boolean }

/**
 * The newest coupons with the words in their name or id, ignoring case, from all pages of the account. If a bound is reached
 * first or `mayReadOn` resolves to false, `last` is the last coupon that was examined, so that another search can continue there.
 */
export async function searchCoupons(
  stripe: StripeClient,
  account: ConnectedAccount,
  words: string,
  limit: number,
  after: string | undefined,
  mayReadOn: () => Promise<boolean>,
): Promise<Found> {
  const deadline = performance.now() + timeMaxMs
  const wanted = folded(words)
  const coupons: StripeCoupon[] = []
  let searched = 0
  let last: Position | undefined
  let pageSize = pageSizeMax
  for (
    let calls = 0;
    calls < callsMax && (!last || (performance.now() < deadline && (await mayReadOn())));
    calls += 1
  ) {
    const page = await listCoupons(stripe, account, pageSize, last ?? after).catch((error: unknown) => {
      const isTooLarge = error instanceof Refusal && error.param === 'limit'
      if (!isTooLarge || pageSize === 1) throw error
      pageSize = Math.ceil(pageSize / 2)
    })
    if (!page) continue
    for (const [index, coupon] of page.coupons.entries()) {
      searched += 1
      last = positionOf(coupon)
      if (!folded(coupon.name ?? '').includes(wanted) && !folded(coupon.id).includes(wanted)) continue
      coupons.push(coupon)
      const isEnd = !page.hasMore && index === page.coupons.length - 1
      if (coupons.length === limit) return { coupons, searched, last, hasMore: !isEnd, isComplete: true }
    }
    if (!page.hasMore || !last) return { coupons, searched, last, hasMore: false, isComplete: true }
  }
  return { coupons, searched, last, hasMore: true, isComplete: false }
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
