import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor } from './cursor.ts'

test.each(['SUMMER20', 'cur_', 'ü / 10 %', 'x'.repeat(5_000)])('a cursor gives back the id %#', (id) => {
  expect(decodeCursor(encodeCursor({ id, at: 1_764_000_000 }))).toEqual({ id, at: 1_764_000_000 })
})

test.each(['', 'SUMMER20', 'cur_', 'cur_!!!', 'cur_bnVsbA', 'cur_e30', 'cur_WzFd', 'cur_WyJhIiwiYiJd'])(
  '%j is no cursor of ours',
  (text) => {
    expect(decodeCursor(text)).toBe(undefined)
  },
)
