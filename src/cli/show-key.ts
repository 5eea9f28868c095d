import type { ApiKey } from '../agencies/api-keys.ts'
import { largestDiscounts } from '../agencies/bounds.ts'

/** What a key is and may do, a line each, for people. A limit that is not set reads `any`. */
export function linesOf({ bounds, ...key }: ApiKey): string[] {
  const time = (at: number | null) => (at === null ? 'never' : new Date(at).toISOString())
  const { percent, otherAmounts, isForever } = largestDiscounts(bounds)
  const amounts = Object.entries(bounds.maxAmounts ?? {}).map(([currency, amount]) => `${currency}=${amount}`)
  const lines: [string, string | number][] = [
    ['id', key.id],
    ['agency', key.agencyId],
    ['name', key.name],
    ['ends in', key.hint],
    ['mode', key.mode ?? 'any'],
    ['created', time(key.createdAt)],
    ['last used', time(key.lastUsedAt)],
    ['expires', time(key.expiresAt)],
    ['revoked', time(key.revokedAt)],
    ['frozen by', key.frozenBy ?? 'nothing'],
    ['scopes', bounds.scopes.join(', ')],
    ['accounts', bounds.accounts?.join(', ') ?? 'any'],
    ['networks', bounds.networks?.join(', ') ?? 'any'],
    ['max percent', percent === 0 ? 'no percentages' : (bounds.maxPercent ?? 'any')],
    ['max amount', bounds.maxAmounts ? amounts.join(', ') : otherAmounts === 0 ? 'no amounts' : 'any'],
    ['max months', bounds.maxMonths ?? 'any'],
    ['forever', isForever ? 'yes' : 'no'],
    ['changes a day', bounds.changesPerDay ?? 'any'],
    ['guard', bounds.guardSeconds === undefined ? 'off' : `${bounds.guardSeconds}s`],
  ]
  return lines.map(([name, value]) => `${name.padEnd(15)}${value}`)
}
