import { expect, test } from 'vitest'
import { newId } from './ids.ts'

test('an id is a prefix and 24 hex digits, of which the first eight are its second', () => {
  const before = Math.floor(Date.now() / 1_000)
  const digits = /^chg_([0-9a-f]{8})[0-9a-f]{16}$/.exec(newId('chg'))?.[1] ?? ''
  const second = Number.parseInt(digits, 16)
  expect(second).toBeGreaterThanOrEqual(before)
  expect(second).toBeLessThanOrEqual(Date.now() / 1_000)
})

test('ids are not repeated, also when their random bytes are drawn anew', () => {
  const ids = Array.from({ length: 2_000 }, () => newId('req'))
  expect(new Set(ids).size).toBe(ids.length)
  // The random half alone.
  expect(new Set(ids.map((id) => id.slice(-16))).size).toBe(ids.length)
})
