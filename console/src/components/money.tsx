import { formatMoney } from '../lib/money.ts'

/** An amount in the currency's smallest unit. */
export function Money({ amount, currency }: { amount: number; currency: string }) {
  return <span>{formatMoney(amount, currency)}</span>
}
