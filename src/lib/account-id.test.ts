import { expect, test } from 'vitest'
import { isAccountId } from './account-id.ts'

test('an account’s id begins with acct_ and has up to 64 letters, digits and underscores more', () => {
  for (const id of ['acct_1', 'acct_1A_b', `acct_${'x'.repeat(64)}`]) expect(isAccountId(id), id).toBe(true)
  for (const id of ['acct_', `acct_${'x'.repeat(65)}`, 'acct_1 ', ' acct_1', 'acct_1\n', 'Acct_1', 'acct_é']) {
    expect(isAccountId(id), JSON.stringify(id)).toBe(false)
  }
})
