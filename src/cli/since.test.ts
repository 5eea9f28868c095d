import { expect, test } from 'vitest'
import { UsageError } from './command.ts'
import { parseSince } from './since.ts'

const now = Date.parse('2026-11-21T12:00:00Z')

test.each([
  ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20T08:00Z', '2026-11-20T08:00:00.000Z'],
  ['2026-11-20T00:30+02:00', '2026-11-19T22:30:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['90m', '2026-11-21T10:30:00.000Z'],
  ['7d', '2026-11-14T12:00:00.000Z'],
])('%s is %s', (text, time) => {
  expect(new Date(parseSince(text, now)).toISOString()).toBe(time)
})

test.each([
  'yesterday',
  '7',
  '2026-13-01',
  '2026-02-30',
  '2026-02-29T08:00Z',
  '2026-11-31T08:00+14:00',
  '2026-11-20T25:00',
])('%s is refused', (text) => {
  expect(() => parseSince(text, now)).toThrow(UsageError)
})
