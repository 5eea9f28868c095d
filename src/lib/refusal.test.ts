import { expect, test } from 'vitest'
import { invalid, Refusal, refuseUnavailable, unavailable } from './refusal.ts'

test('what is not said of a refusal is what its code says: nothing was applied, and whether to retry', () => {
  expect(new Refusal('rate_limited', 'Slower.')).toMatchObject({ outcome: 'not_applied', retryable: true })
  expect(new Refusal('invalid_request', 'No.')).toMatchObject({ outcome: 'not_applied', retryable: false })
  const unclear = new Refusal('stripe_unavailable', 'Down.', { outcome: 'unknown', retryable: false })
  expect(unclear).toMatchObject({ outcome: 'unknown', retryable: false })
})

test('a refusal with another outcome says one sentence more and keeps all else', () => {
  const cause = new Error('The operator reads this.')
  const details = { param: 'data.id', retryable: true, retryAfterS: 2, stripeRequestId: 'req_1', cause }
  const refusal = new Refusal('already_exists', 'It exists.', details).withOutcome('applied', 'You made it.')
  expect(refusal).toMatchObject({
    ...details,
    code: 'already_exists',
    outcome: 'applied',
    message: 'It exists. You made it.',
  })
})

test('a refusal of a field names it', () => {
  expect(invalid('data.name', 'Too long.')).toMatchObject({ code: 'invalid_request', param: 'data.name' })
})

test('a database that fails is unavailable and says that nothing was changed, while a refusal stays itself', () => {
  const cause = new Error('database is locked')
  expect(unavailable()).toMatchObject({
    code: 'unavailable',
    outcome: 'not_applied',
    retryAfterS: 1,
    message: 'The service is briefly unavailable. Nothing was changed; retry shortly.',
  })
  expect(() => refuseUnavailable(cause)).toThrow(expect.objectContaining({ code: 'unavailable', cause }))
  const refusal = invalid('data.name', 'Too long.')
  expect(() => refuseUnavailable(refusal)).toThrow(refusal)
})
