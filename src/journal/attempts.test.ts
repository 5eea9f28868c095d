import { expect, test } from 'vitest'
import { Refusal } from '../lib/refusal.ts'
import { knownOutcome } from './attempts.ts'
import { attemptsMax } from './journal.ts'

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
