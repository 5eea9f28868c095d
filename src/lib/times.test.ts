import { expect, test } from 'vitest'
import { Refusal } from './refusal.ts'
import { checkFuture } from './times.ts'

const seconds = (iso: string) => Date.parse(iso) / 1000
const check = (iso: string, now: string) => () => checkFuture('data.redeem_by', seconds(iso), new Date(now))

test.each([
  ['one second from now', '2026-02-28T12:00:01Z', '2026-02-28T12:00:00Z'],
  ['a part of a second from now', '2026-02-28T12:00:01Z', '2026-02-28T12:00:00.999Z'],
  ['five years from now', '2031-02-28T12:00:00Z', '2026-02-28T12:00:00Z'],
  ['five years from a leap day, which is the first of March', '2033-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
])('a time %s is taken', (_, iso, now) => {
  expect(check(iso, now)).not.toThrow()
})

test.each([
  ['now', '2026-02-28T12:00:00Z', '2026-02-28T12:00:00Z', /must be in the future/],
  ['in the past', '2020-01-01T00:00:00Z', '2026-02-28T12:00:00Z', /must be in the future/],
  ['one second beyond five years', '2031-02-28T12:00:01Z', '2026-02-28T12:00:00Z', /within five years/],
])('a time %s is refused, with the name of the field', (_, iso, now, sentence) => {
  const refused = expect.objectContaining({ param: 'data.redeem_by', code: 'invalid_request', outcome: 'not_applied' })
  expect(check(iso, now)).toThrow(refused)
  expect(check(iso, now)).toThrow(sentence)
  expect(check(iso, now)).toThrow(Refusal)
})
