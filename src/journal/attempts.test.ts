import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { openTestDatabase } from '../../test/support/database.ts'
import { databases } from '../../test/support/new-database.ts'
import { Refusal } from '../lib/refusal.ts'
import { earlierAttempts, knownOutcome, requestDigestOf } from './attempts.ts'
import { attemptsMax, attemptsReadMax, createJournal } from './journal.ts'

const refusal = new Refusal('rate_limited', 'Slower.')
const outcomeAfter = (...outcomes: ('applied' | 'replayed' | 'not_applied' | 'unknown' | null)[]) =>
  knownOutcome(
    refusal,
    outcomes.map((outcome) => ({ outcome })),
  ).outcome

test('a refusal is left as it is where no earlier attempt may have made the change', () => {
  expect(knownOutcome(refusal, [])).toBe(refusal)
  expect(knownOutcome(refusal, [{ outcome: 'not_applied' }])).toBe(refusal)
})

test('one attempt that made the change, or was told that it was made, is enough', () => {
  expect(outcomeAfter('not_applied', 'applied', 'unknown')).toBe('applied')
  expect(outcomeAfter('replayed', null)).toBe('applied')
  expect(knownOutcome(refusal, [{ outcome: 'applied' }]).message).toBe(
    'Slower. An earlier request with this Idempotency-Key made the change.',
  )
})

test('an attempt whose end is unknown or not written leaves it open', () => {
  expect(outcomeAfter('not_applied', 'unknown')).toBe('unknown')
  expect(outcomeAfter(null, 'not_applied')).toBe('unknown')
  expect(knownOutcome(refusal, [{ outcome: null }]).message).toBe(
    'Slower. An earlier request with this Idempotency-Key may have made the change.',
  )
})

test('where as many attempts are known as are ever told, one that is not may have made the change', () => {
  const refused = (count: number) => Array.from({ length: count }, () => 'not_applied' as const)
  // The attempt that asks is among them.
  expect(outcomeAfter(...refused(attemptsMax - 2))).toBe('not_applied')
  expect(outcomeAfter(...refused(attemptsMax - 1))).toBe('unknown')
})

describe.each(databases)('under a key that many different requests have used, on %s', (kind) => {
  const account = { agencyId: 'ag_1', id: 'acct_1' }
  const change = { operation: 'coupon.create', objectId: null, fields: { percent_off: 10 } }

  type End = 'applied' | 'not_applied'
  const own = { digest: requestDigestOf(change), outcome: 'applied' as End }
  const others = (count: number, outcome: End) => Array.from({ length: count }, () => ({ digest: 'other', outcome }))

  /** What is told of the change with these fields, after these attempts. */
  const outcomeOf = async (attempts: (typeof own)[], fields: object = change.fields) => {
    const journal = createJournal(await openTestDatabase(kind), { mode: 'test', log: pino({ level: 'silent' }) })
    const append = async ({ digest, outcome }: typeof own, index: number) => {
      const ids = { actor: 'api_key', agency_id: 'ag_1', account_id: 'acct_1', change_id: `chg_${index}` } as const
      const start = { type: 'coupon.create.started', idempotency_key: 'same', request_digest: digest }
      await Promise.all([
        journal.append({ ...ids, ...start }),
        journal.append({ ...ids, type: 'coupon.create.ended', outcome }),
      ])
    }
    // One commit writes them in this order.
    await Promise.all(attempts.map(append))
    const origin = { idempotencyKey: 'same', keySource: 'caller' } as const
    return knownOutcome(refusal, await earlierAttempts(journal, account, origin, { ...change, fields })).outcome
  }

  test('the attempt that made this one is told before those that made others', async () => {
    const attempts = [...others(attemptsMax, 'applied'), own]
    expect(await outcomeOf(attempts)).toBe('applied')
    expect(await outcomeOf(attempts, {})).toBe('not_applied')
  })

  test('where not all are read, one that is not may have made it', async () => {
    expect(await outcomeOf([own, ...others(attemptsReadMax, 'not_applied')])).toBe('unknown')
  })

  test('where the attempt that made it is read, those that are not tell nothing more', async () => {
    expect(await outcomeOf([...others(attemptsReadMax, 'not_applied'), own])).toBe('applied')
  })
})
