import { type Scope, scopes } from '../lib/scopes.ts'

/** The largest discounts that a key may give away. What is left out is not limited, but see `largestDiscounts`. */
export type DiscountPolicy = {
  maxPercent?: number | undefined
  /** The largest amount in each currency, in its smallest unit. */
  maxAmounts?: Record<string, number> | undefined
  maxMonths?: number | undefined
  noForever?: boolean | undefined
}

/**
 * The largest discounts under a policy: a percentage, amounts by currency, months, and whether a discount may last forever. A limit of one
 * kind allows none of the other kind, or an amount of any size would pass a largest percentage.
 */
export function largestDiscounts({ maxPercent, maxAmounts, maxMonths, noForever = false }: DiscountPolicy) {
  const otherAmounts = maxPercent === undefined && !maxAmounts ? Infinity : 0
  return {
    percent: maxPercent ?? (maxAmounts ? 0 : 100),
    amount: (currency: string) => maxAmounts?.[currency] ?? otherAmounts,
    otherAmounts,
    months: maxMonths ?? Infinity,
    isForever: maxMonths === undefined && !noForever,
  }
}

/** What an API key may do. What is left out is not limited. */
export type Bounds = DiscountPolicy & {
  scopes: Scope[]
  /** The only accounts that the key sees. */
  accounts?: string[] | undefined
  /** The only networks that the key works from: addresses or CIDR blocks. */
  networks?: string[] | undefined
  changesPerDay?: number | undefined
  /** The key whose count of changes this one shares: the limited key that made it or that it replaced. */
  countedWith?: string | undefined
  /** When the key was to expire before a rotation gave it less time, in milliseconds since 1970; null for never. */
  endBeforeRotation?: number | null | undefined
  /** How long an equal request without an Idempotency-Key gets the first one's result, in seconds. */
  guardSeconds?: number | undefined
}

/** What a key may do that was made without bounds. To manage keys is given by name alone. */
export const defaultBounds: Bounds = { scopes: scopes.filter((scope) => scope !== 'keys:manage') }

/** Whether the key may not see the account: to it, what other keys did there must look like an account that does not exist. */
export function isHidden({ accounts }: Pick<Bounds, 'accounts'>, accountId: string): boolean {
  return accounts?.includes(accountId) === false
}
