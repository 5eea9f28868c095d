import { describe, expect, test } from 'vitest'
import { formatMoney, parseMoney } from './money.ts'

test.each([
  [500, 'xaf', 'FCFA 500'],
  [2000, 'all', 'ALL 20.00'],
  [1500, 'kwd', 'KWD 1.500'],
  [100, 'isk', 'ISK 1.00'],
  [1_234_567, 'usdc', '12,345.67 USDC'],
])('%d of %s is %s, in every English', (amount, currency, written) => {
  expect(formatMoney(amount, currency).replace(/\s/g, ' ')).toBe(written)
})

describe('what was typed', () => {
  test.each([
    ['20', 'usd', 2000],
    ['20.5', 'usd', 2050],
    [' 0.01 ', 'usd', 1],
    ['500', 'jpy', 500],
    ['1.5', 'kwd', 1500],
    ['20.', 'usd', 2000],
  ])('%j in %s is %d', (typed, currency, amount) => expect(parseMoney(typed, currency)).toBe(amount))

  test.each([
    ['', 'usd'],
    ['.5', 'usd'],
    ['-1', 'usd'],
    ['1e3', 'usd'],
    ['1,000', 'usd'],
    ['20.005', 'usd'],
    ['500.0', 'jpy'],
    ['9007199254740993', 'jpy'],
  ])('%j in %s is no amount', (typed, currency) => expect(parseMoney(typed, currency)).toBeUndefined())
})
