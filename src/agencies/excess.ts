import { unixSeconds } from '../lib/times.ts'
import { type Bounds, largestDiscounts } from './bounds.ts'
import { counterOf } from './key-changes.ts'
import type { ApiKey } from './key-rows.ts'
import { areWithinNetworks } from './networks.ts'

/** As much of a key as says what it may do. */
export type Powers = Pick<ApiKey, 'id' | 'mode' | 'bounds' | 'expiresAt'>

/** A limit by which one key is beyond another: the field, and the sentence for who may not give so much. */
type Excess = { param: string; message: string }

/** The first limit by which a key may do more than another one; undefined where it may do no more. */
export function excessOf(key: Powers, own: Powers): Excess | undefined {
  return (
    scopeExcess(key.bounds, own.bounds) ??
    placeExcess(key, own) ??
    timeExcess(key, own) ??
    policyExcess(key.bounds, own.bounds)
  )
}

/** Whether a key may do no more than another one, in anything. */
export function isWithin(key: Powers, own: Powers): boolean {
  return excessOf(key, own) === undefined
}

function scopeExcess(given: Bounds, own: Bounds): Excess | undefined {
  const lacking = given.scopes.find((scope) => !own.scopes.includes(scope))
  return excess(lacking !== undefined, 'scopes', `lacks the scope ${lacking}, and cannot give it`)
}

function placeExcess(key: Powers, own: Powers): Excess | undefined {
  const { accounts, networks } = key.bounds
  const { accounts: ownAccounts, networks: ownNetworks } = own.bounds
  return (
    excess(own.mode !== null && key.mode !== own.mode, 'mode', `works in the mode ${own.mode} alone`) ??
    excess(
      ownAccounts !== undefined && !accounts?.every((account) => ownAccounts.includes(account)),
      'accounts',
      'can give only accounts that it is limited to itself',
    ) ??
    excess(
      ownNetworks !== undefined && !(networks && areWithinNetworks(networks, ownNetworks)),
      'networks',
      'can give only networks within its own',
    )
  )
}

function timeExcess(key: Powers, own: Powers): Excess | undefined {
  const ends = own.expiresAt
  const max = own.bounds.changesPerDay
  const isCountedTogether = counterOf(key) === counterOf(own)
  return (
    excess(
      ends !== null && (key.expiresAt ?? Infinity) > ends,
      'expires_at',
      `expires itself at ${unixSeconds(ends ?? 0)}, and can give no later time`,
    ) ??
    excess(
      max !== undefined && ((key.bounds.changesPerDay ?? Infinity) > max || !isCountedTogether),
      'changes_per_day',
      `can give at most ${max} changes a day`,
    )
  )
}

function policyExcess(given: Bounds, own: Bounds): Excess | undefined {
  const wanted = largestDiscounts(given)
  const { percent, amount, otherAmounts, months, isForever } = largestDiscounts(own)
  const hasLargerAmount =
    wanted.otherAmounts > otherAmounts ||
    Object.keys(given.maxAmounts ?? {}).some((currency) => wanted.amount(currency) > amount(currency))
  return (
    excess(
      wanted.percent > percent,
      'max_percent',
      `can give ${percent === 0 ? 'no percentages' : `at most ${percent} percent`}`,
    ) ??
    excess(hasLargerAmount, 'max_amounts', 'can give no amounts beyond its own') ??
    excess(wanted.months > months, 'max_months', `can give at most ${months} months`) ??
    excess(wanted.isForever && !isForever, 'no_forever', 'cannot give coupons that last forever')
  )
}

function excess(isBeyond: boolean, field: string, limit: string): Excess | undefined {
  return isBeyond ? { param: `data.${field}`, message: `This API key ${limit}.` } : undefined
}
