import type { Coupon } from '../../api/client.ts'
import { locale } from '../../lib/locale.ts'

const sorts = ['name', '-name', 'redeemed', '-redeemed', 'expires', '-expires'] as const
export type Sort = (typeof sorts)[number]

export function sortOf(value: string | undefined): Sort | undefined {
  return sorts.find((known) => known === value)
}

const names = new Intl.Collator(locale, { numeric: true })

const orders: Record<'name' | 'redeemed' | 'expires', (a: Coupon, b: Coupon) => number> = {
  name: (a, b) => names.compare(a.name, b.name),
  redeemed: (a, b) => a.times_redeemed - b.times_redeemed,
  // Those without an end come last.
  expires: (a, b) => (a.redeem_by ?? Number.MAX_SAFE_INTEGER) - (b.redeem_by ?? Number.MAX_SAFE_INTEGER),
}

/** The coupons of one page in the order that the reader asked for; without one as the server gave them, newest first. */
export function sorted(coupons: readonly Coupon[], sort: Sort | undefined): readonly Coupon[] {
  if (sort === undefined) return coupons
  const field = sort.replace('-', '')
  const order = field === 'name' || field === 'redeemed' || field === 'expires' ? orders[field] : undefined
  if (!order) return coupons
  return coupons.toSorted((a, b) => (sort.startsWith('-') ? order(b, a) : order(a, b)))
}
