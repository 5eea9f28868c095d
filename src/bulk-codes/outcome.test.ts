import { describe, expect, test } from 'vitest'
import { Refusal } from '../lib/refusal.ts'
import { failedOutcome, givenUp, refused, Stopped } from './outcome.ts'

describe('a try that fails', () => {
  test.each([
    ['rate_limited', new Refusal('rate_limited', 'Slower.')],
    ['stripe_timeout', new Refusal('stripe_timeout', 'Late.', { outcome: 'unknown' })],
    ['stripe_unavailable without an answer', new Refusal('stripe_unavailable', 'Broken.', { outcome: 'unknown' })],
    ['unavailable', new Refusal('unavailable', 'Down.')],
    ['anything unexpected', new TypeError('A bug.')],
  ])('by %s is repeated under the same key', (_, error) => {
    expect(failedOutcome(error)).toMatchObject({ kind: 'transientError', isKeySpent: false })
  })

  test.each([
    ['a failure that Stripe keeps', new Refusal('stripe_failed', 'Failed.', { outcome: 'unknown' })],
    ['a failure that Stripe answered', new Refusal('stripe_unavailable', 'Failed.', { stripeRequestId: 'req_1' })],
    ['other parameters under the key', new Refusal('idempotency_mismatch', 'Used before.')],
    ['a refusal after an ambiguous attempt', new Refusal('invalid_request', 'No.', { outcome: 'unknown' })],
  ])('by %s is repeated with the next key', (_, error) => {
    expect(failedOutcome(error)).toMatchObject({ kind: 'transientError', isKeySpent: true })
  })

  test.each([
    ['account_disconnected', new Refusal('account_disconnected', 'Gone.'), 'account_disconnected'],
    ['an unknown coupon', new Refusal('invalid_request', 'No such coupon.', { param: 'data.coupon' }), 'not_found'],
  ])('by %s ends the job', (_, error, code) => {
    expect(failedOutcome(error)).toEqual({ kind: 'fatalError', failure: { code, message: error.message } })
  })

  test('by a refusal of this code fails this code', () => {
    const failure = { code: 'already_exists', message: 'Taken.' }
    expect(failedOutcome(new Refusal('already_exists', 'Taken.'))).toEqual({ kind: 'failed', failure })
  })
})

test('a try that was stopped was none', () => {
  expect(failedOutcome(new Stopped())).toEqual({ kind: 'stopped' })
})

test('only the loss of the account leaves open what an earlier try has made', () => {
  const gone = { code: 'account_disconnected', message: 'Gone.' }
  const noCoupon = { code: 'not_found', message: 'No such coupon.' }
  expect(refused(gone, 1)).toEqual(gone)
  expect(refused(gone, 3)).toEqual(givenUp('account_disconnected', 2, 'Gone.'))
  expect(refused(noCoupon, 3)).toEqual(noCoupon)
})

test('a code that was given up says after how many tries, and why it is not tried on', () => {
  expect(givenUp('stripe_timeout', 25)).toEqual({
    code: 'stripe_timeout',
    message: 'Given up after 25 tries; it may have been created: look it up.',
  })
  expect(givenUp('unauthenticated', 1, 'Revoked.').message).toBe(
    'Revoked. Given up after 1 try; it may have been created: look it up.',
  )
})
