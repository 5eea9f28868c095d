import { expect, test } from 'vitest'
import { localTime, unixSecond, utcWords } from './time.ts'

test('date and time are those of the reader, and lead back to the same minute', () => {
  expect(localTime(unixSecond('2026-12-31T23:59') ?? 0)).toBe('2026-12-31T23:59')
  expect(unixSecond('')).toBe(undefined)
})

test.each(['', '202666-12-31T23:59', 'tomorrow'])('%j is no time, and has no words', (local) => {
  expect(utcWords(local)).toBe(undefined)
})
