import { type Scope, scopes } from '../../../../src/lib/scopes.ts'
import type { ApiKey } from '../../api/client.ts'
import type { Tone } from '../../components/status-badge.tsx'
import { formatMoney } from '../../lib/money.ts'

export const scopeNames: Record<Scope, string> = {
  'accounts:read': 'See accounts',
  'coupons:read': 'See coupons',
  'coupons:write': 'Make, rename and delete coupons',
  'promotion_codes:read': 'See promotion codes and bulk jobs',
  'promotion_codes:write': 'Make promotion codes and switch them off',
  'events:read': 'Read the history',
  'keys:manage': 'Manage keys',
}

/** What a key may do, in words. */
export function scopeWords(key: ApiKey): string[] {
  return scopes.filter((scope) => key.scopes.includes(scope)).map((scope) => scopeNames[scope])
}

/** What a key is limited to, one sentence a limit; empty where it is not. */
export function limitWords(key: ApiKey): string[] {
  const { accounts, networks, max_percent: percent, max_amounts: amounts, max_months: months } = key
  const discounts = [
    ...(percent === null ? [] : [`${percent}%`]),
    ...Object.entries(amounts ?? {}).map(([currency, amount]) => formatMoney(amount, currency)),
  ]
  return [
    accounts && `Only ${accounts.length === 1 ? 'the account' : 'the accounts'} ${accounts.join(', ')}`,
    discounts.length > 0 && `Discounts up to ${discounts.join(', ')}`,
    months !== null && `Discounts for ${months} ${months === 1 ? 'month' : 'months'} at most`,
    months === null && key.no_forever && 'No discounts for ever',
    key.changes_per_day !== null && `${key.changes_per_day} changes a day`,
    networks && `Only from ${networks.join(', ')}`,
    key.mode !== null && `Only in ${key.mode} mode`,
    key.guard_seconds !== null && `Equal requests within ${key.guard_seconds} seconds count once`,
  ].filter((words) => typeof words === 'string')
}

type Status = { tone: Tone; name: string; reason: string }

export function keyStatus(key: ApiKey, nowSeconds = Date.now() / 1000): Status {
  if (key.revoked_at !== null) return { tone: 'negative', name: 'Revoked', reason: 'It stopped working for ever.' }
  if (key.expires_at !== null && key.expires_at <= nowSeconds) {
    return { tone: 'neutral', name: 'Expired', reason: 'It stopped working when its time was over.' }
  }
  if (key.frozen_by === 'operator') {
    return { tone: 'warning', name: 'Frozen', reason: 'The operator froze it: it reads, but changes nothing.' }
  }
  if (key.frozen_by !== null) {
    return { tone: 'warning', name: 'Frozen', reason: 'It reads, but changes nothing until it is unfrozen.' }
  }
  return { tone: 'positive', name: 'Active', reason: 'It works.' }
}

/** Whether a key still works, if only for reads. */
export function isWorking(key: ApiKey): boolean {
  const { name } = keyStatus(key)
  return name === 'Active' || name === 'Frozen'
}
