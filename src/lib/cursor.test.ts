import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor } from './cursor.ts'

test.each(['SUMMER20', 'cur_', 'ü / 10 %', 'x'.repeat(5_000)])('a cursor gives back the id %#', (id) => {
  expect(decodeCursor(encodeCursor({ id, at: 1_764_000_000 }))).toEqual({ id, at: 1_764_000_000 })
})

const odd = ['[1,"\\u0000"]', '[1.5,"a"]', '[1e300,"a"]', '[-1,"a"]', '[1,""]'].map(
  (text) => `cur_${Buffer.from(text).toString('base64url')}`,
)

test.each(['', 'SUMMER20', 'cur_', 'cur_!!!', 'cur_bnVsbA', 'cur_e30', 'cur_WzFd', 'cur_WyJhIiwiYiJd', ...odd])(
  '%j is no cursor of ours',
  (text) => {
    expect(decodeCursor(text)).toBe(undefined)
  },
)
