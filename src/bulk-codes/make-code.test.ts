import { expect, test } from 'vitest'
import type { ConnectedAccount } from '../accounts/accounts.ts'
import type { Changes } from '../journal/changes.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import { createMakeCode } from './make-code.ts'
import type { BegunCode } from './rows.ts'

test('a code that had to be looked up first is checked again, and not asked for where that refuses it', async () => {
  const steps: string[] = []
  const stripe = {
    listPromotionCodes: async () => {
      steps.push('look up')
      return { value: { data: [] } }
    },
  } as unknown as StripeClient
  const changes = {
    record: async () => {
      steps.push('create')
      return { value: { id: 'promo_1' } }
    },
  } as unknown as Changes
  const make = createMakeCode({ changes, stripe })
  const recheck = async () => {
    steps.push('check')
    if (steps.length > 3) throw new Refusal('unavailable', 'Revoked.')
  }
  const account = { id: 'acct_1', agencyId: 'ag_1', recheck } as unknown as ConnectedAccount
  const code = { job: { id: 'bulk_1', terms: {} }, code: 'A', position: 0, attempts: 2, keysSpent: 1 }
  const tries = [code, code].map((begun) => begun as unknown as BegunCode)
  const outcomes = []
  for (const begun of tries) outcomes.push(await make(begun, { account, isCanceled: false }))
  expect(outcomes).toMatchObject([{ kind: 'created' }, { kind: 'transientError', isKeySpent: false }])
  expect(steps).toEqual(['look up', 'check', 'create', 'look up', 'check'])
})
