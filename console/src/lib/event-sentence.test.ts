import { describe, expect, test } from 'vitest'
import type { Event } from '../api/client.ts'
import { eventSentence } from './event-sentence.ts'

const event: Event = {
  id: 'chg_1',
  object: 'event',
  type: 'coupon.update',
  created: 1_700_000_000,
  livemode: false,
  account: 'acct_1',
  object_id: 'SUMMER20',
  actor: 'api_key',
  key: 'key_1',
  address: null,
  request_id: null,
  idempotency_key: null,
  idempotency_key_source: null,
  terms: null,
  outcome: 'applied',
  code: null,
  message: null,
  stripe_request_id: null,
  ended: 1_700_000_000,
  settled: null,
}
const sentence = (changes: Partial<Event>) =>
  eventSentence({ ...event, ...changes }, (id) => (id === 'key_1' ? 'n8n' : undefined))

describe('a coupon is renamed only where its name was asked for', () => {
  test.each([
    ['{"name":"Winter","metadata":{"a":"b"}}', 'applied', 'n8n renamed SUMMER20, to “Winter”'],
    ['{"metadata":{"a":"b"}}', 'applied', 'n8n changed SUMMER20'],
    ['{"metadata":{"a":"b"}}', 'not_applied', 'n8n could not change SUMMER20'],
    [null, 'applied', 'n8n changed SUMMER20'],
  ])('%s, %s: %s', (terms, outcome, words) => expect(sentence({ terms, outcome })).toBe(words))
})

test.each([
  [null, null, 'n8n asked to change SUMMER20; what came of it is not known yet'],
  ['unknown', null, 'n8n asked to change SUMMER20; what came of it is not known yet'],
  ['unknown', 1_700_000_600, 'n8n asked to change SUMMER20; what came of it cannot be told'],
  ['applied', 1_700_000_600, 'n8n changed SUMMER20'],
])('an outcome of %s, settled at %s: %s', (outcome, settled, words) => {
  expect(sentence({ outcome, settled })).toBe(words)
})
