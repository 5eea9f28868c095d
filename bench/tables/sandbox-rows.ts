import { Store } from '../../src/sandbox/store/store.ts'

const terms = {
  amount_off: null,
  applies_to: null,
  currency: null,
  currency_options: null,
  duration: 'once',
  duration_in_months: null,
  max_redemptions: null,
  metadata: {},
  name: 'Stored',
  percent_off: 25.5,
  redeem_by: null,
  times_redeemed: 0,
}
const batch = 10_000

/** Puts so many coupons, one of each second, into the sandbox's file; returns the ids of about a thousand of them. */
export function storeCoupons(file: string, count: number): string[] {
  const store = new Store(file)
  const from = Math.floor(Date.now() / 1000) - count - 1
  const ids: string[] = []
  for (let first = 0; first < count; first += batch) {
    store.change(() => {
      for (let number = first; number < Math.min(count, first + batch); number += 1) {
        const { id } = store.add(0, 'coupon', (tail) => tail, from + number, terms)
        if (number % Math.ceil(count / 1000) === 0) ids.push(id)
      }
    })
    store.flush()
  }
  store.close()
  return ids
}
