import { expect, test } from 'vitest'
import { noLimits, readLimits } from './limits.ts'

test('what is no time is refused, and never no expiry', () => {
  expect(readLimits({ ...noLimits, expires: '202666-12-31T23:59' }).errors).toHaveProperty(['data.expires_at'])
  expect(readLimits(noLimits)).toEqual({ data: {}, errors: {} })
})
