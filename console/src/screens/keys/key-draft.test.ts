import { describe, expect, test } from 'vitest'
import { type KeyDraft, readKey } from './key-draft.ts'

const draft: KeyDraft = {
  name: 'n8n',
  scopes: ['coupons:write'],
  accounts: [],
  percent: '',
  amounts: '',
  months: '',
  noForever: false,
  changesPerDay: '',
  networks: '',
  expires: '',
}
const read = (amounts: string) => readKey({ ...draft, amounts })

test('what is no time is refused, and never no expiry', () => {
  expect(readKey({ ...draft, expires: '202666-12-31T23:59' }).errors).toHaveProperty(['data.expires_at'])
  expect(readKey(draft)).toMatchObject({ data: { expires_at: null }, errors: {} })
})

describe('the largest amounts', () => {
  test.each([
    ['', null],
    [' \n', null],
    ['usd 50.00', { usd: 5000 }],
    ['USD 50\n\n  kwd: 1.5 \njpy=500', { usd: 5000, kwd: 1500, jpy: 500 }],
  ])('%j are read', (amounts, wanted) => {
    const { data, errors } = read(amounts)
    expect([data.max_amounts, errors]).toEqual([wanted, {}])
  })

  test.each(['usd', '50.00', 'usd fifty', 'usd 1 000.00, eur 20', 'usd 50 eur', 'usd 50,', 'usd 50\nusd 20', 'us 50'])(
    '%j are refused',
    (amounts) => {
      expect(read(amounts).errors).toHaveProperty(['data.max_amounts'])
    },
  )
})
