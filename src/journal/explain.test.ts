import { expect, test } from 'vitest'
import type { JournalEvent } from './events.ts'
import { explain } from './explain.ts'

const change = {
  type: 'coupon.create',
  isChange: true,
  actor: 'api_key',
  keyId: 'key_1',
  address: '192.0.2.1',
  objectId: 'TEN',
  outcome: 'applied',
  keySource: 'caller',
  settledAt: null,
}
const explained = (more: Partial<JournalEvent> = {}) => explain({ ...change, ...more } as JournalEvent)

test.each<[Partial<JournalEvent>, string]>([
  [{}, 'key_1 from 192.0.2.1 asked for coupon.create. Stripe made the change to TEN.'],
  [{ address: null }, 'key_1 asked for coupon.create. Stripe made the change to TEN.'],
  [{ keyId: null }, 'An unknown key from 192.0.2.1 asked for coupon.create. Stripe made the change to TEN.'],
  [{ actor: 'worker' }, 'A bulk job of key_1 asked for coupon.create. Stripe made the change to TEN.'],
  [
    { actor: 'worker', keyId: null },
    'A bulk job of an unknown key asked for coupon.create. Stripe made the change to TEN.',
  ],
  [{ actor: 'operator' }, 'An operator asked for coupon.create. Stripe made the change to TEN.'],
])('says who asked: %j', (more, sentence) => {
  expect(explained(more)).toBe(sentence)
})

const asked = 'key_1 from 192.0.2.1 asked for coupon.create.'
const afterwards = 'The answer was lost, and Stripe was asked afterwards.'

test.each<[Partial<JournalEvent>, string]>([
  [{ objectId: null }, 'Stripe made the change to The object.'],
  [{ settledAt: 5 }, `Stripe made the change to TEN. ${afterwards}`],
  [
    { outcome: 'replayed' },
    'Stripe had made the change to TEN for an earlier request with the same Idempotency-Key, and made nothing new.',
  ],
  [{ outcome: 'not_applied' }, 'Nothing was changed.'],
  [{ outcome: 'not_applied', settledAt: 5 }, `Nothing was changed. ${afterwards}`],
  [{ outcome: 'unknown' }, 'Stripe gave no clear answer. See: chatdash journal settle'],
  [{ outcome: 'unknown', settledAt: 5 }, `Nobody can tell whether the change was made. ${afterwards}`],
  [{ outcome: null }, 'No answer is known yet. See: chatdash journal settle'],
])('says what became of it: %j', (more, sentence) => {
  expect(explained(more)).toBe(`${asked} ${sentence}`)
})

test('says of a creation without an Idempotency-Key that the same request makes another one, unless none was made', () => {
  const again = 'The caller sent no Idempotency-Key, so that the same request again makes another one.'
  expect(explained({ keySource: 'generated' })).toBe(`${asked} Stripe made the change to TEN. ${again}`)
  expect(explained({ keySource: 'generated', outcome: 'not_applied' })).toBe(`${asked} Nothing was changed.`)
  expect(explained({ keySource: 'generated', type: 'coupon.update' })).not.toContain(again)
})

test('says of what is no change of a coupon who did it to what', () => {
  expect(explained({ type: 'request.refused', isChange: false })).toBe(
    'key_1 from 192.0.2.1 was refused before Stripe was asked. Nothing was changed.',
  )
  const frozen = { type: 'agency.frozen', isChange: false, actor: 'operator' } as const
  expect(explained({ ...frozen, objectId: 'ag_1' })).toBe('An operator made the change agency.frozen to ag_1.')
  expect(explained({ ...frozen, objectId: null })).toBe('An operator made the change agency.frozen.')
})
