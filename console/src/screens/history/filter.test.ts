import { expect, test } from 'vitest'
import { unixSecond } from '../../lib/time.ts'
import { filterOf } from './filter.ts'

const start = unixSecond('2026-02-20T00:00') ?? 0

test('a day is its first second for the reader', () => {
  expect(filterOf({ since: '2026-02-20', object: 'SUMMER20' })).toEqual({ since: start, object: 'SUMMER20' })
})

test.each(['2026-02-30', '2026-13-01', '2026-02', '2026', '123456-01-01', 'yesterday', '1969-12-30'])(
  '%s is no day to begin with',
  (since) => expect(filterOf({ since })).toEqual({}),
)

test('what is not known yet is of the last seven days, also where an earlier day is chosen', () => {
  const search = { since: '2026-02-20', open: 'yes' }
  expect(filterOf(search, start + 6 * 86_400)).toEqual({ since: start, unanswered: true })
  expect(filterOf(search, start + 8 * 86_400)).toEqual({ unanswered: true })
})
