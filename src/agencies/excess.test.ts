import { describe, expect, test } from 'vitest'
import type { Bounds } from './bounds.ts'
import { excessOf, isWithin, type Powers } from './excess.ts'

type Limits = Partial<Bounds> & Partial<Pick<Powers, 'id' | 'mode' | 'expiresAt'>>

/** A key with these limits alone. */
function keyOf({ id = 'key_given', mode = null, expiresAt = null, ...bounds }: Limits): Powers {
  return { id, mode, expiresAt, bounds: { scopes: ['coupons:read'], ...bounds } }
}
const excess = (own: Limits, given: Limits) => excessOf(keyOf(given), keyOf({ id: 'key_own', ...own }))

const end = Date.parse('2026-02-28T12:00:00.999Z')
const counted = { changesPerDay: 10, countedWith: 'key_own' }

describe.each<[own: Limits, given: Limits, field: string, sentence: string]>([
  [
    { scopes: ['coupons:read'] },
    { scopes: ['coupons:read', 'coupons:write'] },
    'scopes',
    'lacks the scope coupons:write, and cannot give it',
  ],
  [{ mode: 'test' }, { mode: 'live' }, 'mode', 'works in the mode test alone'],
  [{ mode: 'test' }, { mode: null }, 'mode', 'works in the mode test alone'],
  [
    { accounts: ['acct_1'] },
    { accounts: ['acct_1', 'acct_2'] },
    'accounts',
    'can give only accounts that it is limited to itself',
  ],
  [{ accounts: ['acct_1'] }, {}, 'accounts', 'can give only accounts that it is limited to itself'],
  [
    { networks: ['10.0.0.0/8'] },
    { networks: ['10.0.0.1', '11.0.0.1'] },
    'networks',
    'can give only networks within its own',
  ],
  [{ networks: ['10.0.0.0/8'] }, {}, 'networks', 'can give only networks within its own'],
  [
    { expiresAt: end },
    { expiresAt: end + 1 },
    'expires_at',
    'expires itself at 1772280000, and can give no later time',
  ],
  [{ expiresAt: end }, {}, 'expires_at', 'expires itself at 1772280000, and can give no later time'],
  [{ changesPerDay: 10 }, { ...counted, changesPerDay: 11 }, 'changes_per_day', 'can give at most 10 changes a day'],
  [{ changesPerDay: 10 }, { countedWith: 'key_own' }, 'changes_per_day', 'can give at most 10 changes a day'],
  [{ changesPerDay: 10 }, { changesPerDay: 1 }, 'changes_per_day', 'can give at most 10 changes a day'],
  [{ maxPercent: 20 }, { maxPercent: 20.01 }, 'max_percent', 'can give at most 20 percent'],
  [{ maxPercent: 20 }, {}, 'max_percent', 'can give at most 20 percent'],
  [{ maxAmounts: { usd: 5 } }, {}, 'max_percent', 'can give no percentages'],
  [{ maxAmounts: { usd: 5 } }, { maxPercent: 1, maxAmounts: { usd: 5 } }, 'max_percent', 'can give no percentages'],
  [{ maxPercent: 100 }, {}, 'max_amounts', 'can give no amounts beyond its own'],
  [{ maxPercent: 20 }, { maxAmounts: { usd: 1 } }, 'max_amounts', 'can give no amounts beyond its own'],
  [{ maxAmounts: { usd: 5 } }, { maxAmounts: { usd: 6 } }, 'max_amounts', 'can give no amounts beyond its own'],
  [{ maxAmounts: { usd: 5 } }, { maxAmounts: { usd: 5, eur: 1 } }, 'max_amounts', 'can give no amounts beyond its own'],
  [{ maxMonths: 12 }, { maxMonths: 13 }, 'max_months', 'can give at most 12 months'],
  [{ maxMonths: 12 }, {}, 'max_months', 'can give at most 12 months'],
  [{ noForever: true }, {}, 'no_forever', 'cannot give coupons that last forever'],
  [{ noForever: true }, { noForever: false }, 'no_forever', 'cannot give coupons that last forever'],
])('a key that is limited by %j', (own, given, field, sentence) => {
  test(`is exceeded by ${JSON.stringify(given)}, in ${field}`, () => {
    expect(excess(own, given)).toEqual({ param: `data.${field}`, message: `This API key ${sentence}.` })
    expect(isWithin(keyOf(given), keyOf({ id: 'key_own', ...own }))).toBe(false)
  })
})

test.each<[own: Limits, given: Limits]>([
  [{}, {}],
  [{}, { mode: 'live', accounts: ['acct_1'], networks: ['10.0.0.1'], expiresAt: end, changesPerDay: 1, maxMonths: 1 }],
  [{}, { maxPercent: 100, maxAmounts: { usd: 999_999 }, noForever: true }],
  [{ scopes: ['coupons:read', 'coupons:write'] }, { scopes: ['coupons:write'] }],
  [{ mode: 'test' }, { mode: 'test' }],
  [{ accounts: ['acct_1', 'acct_2'] }, { accounts: ['acct_2', 'acct_1'] }],
  [{ networks: ['10.0.0.0/8', '192.0.2.1'] }, { networks: ['192.0.2.1', '10.1.0.0/16'] }],
  [{ expiresAt: end }, { expiresAt: end }],
  [{ changesPerDay: 10 }, counted],
  [
    { changesPerDay: 10, countedWith: 'key_first' },
    { changesPerDay: 9, countedWith: 'key_first' },
  ],
  [{ maxPercent: 20 }, { maxPercent: 20 }],
  [{ maxAmounts: { usd: 5, eur: 5 } }, { maxAmounts: { usd: 5 } }],
  [{ maxPercent: 20, maxAmounts: { usd: 5 } }, { maxAmounts: { usd: 5 } }],
  [{ maxPercent: 20, maxAmounts: { usd: 5 } }, { maxPercent: 20 }],
  [{ maxMonths: 12 }, { maxMonths: 12 }],
  [{ maxMonths: 12, noForever: true }, { maxMonths: 12 }],
  [{ noForever: true }, { maxMonths: 999 }],
  [{ noForever: true }, { noForever: true }],
])('a key that is limited by %j is not exceeded by %j', (own, given) => {
  expect(excess(own, given)).toBe(undefined)
  expect(isWithin(keyOf(given), keyOf({ id: 'key_own', ...own }))).toBe(true)
})
