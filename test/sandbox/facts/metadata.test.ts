/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { fact, percent } from '../../support/sandbox-facts.ts'

const keys = (count: number, length = 40): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [String(n).padStart(length, 'k'), 'v'.repeat(500)]))

describe('metadata', () => {
  fact('S', 'up to 50 keys of up to 40 characters, values up to 500', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, metadata: keys(50) })
    for (const bad of [keys(51), keys(1, 41), { k: 'v'.repeat(501) }]) {
      expect(await s.refused('POST', '/v1/coupons', { ...percent, metadata: bad })).toMatchObject({ status: 400 })
    }
  })
  fact('S', 'no brackets in a key', async (s) => {
    expect(await s.refused('POST', '/v1/coupons', {}, { raw: 'percent_off=1&metadata[a[b]]=c' })).toMatchObject({
      status: 400,
    })
  })
  fact('R', 'an update merges, an empty value removes its key, an empty whole removes all', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A', metadata: { a: '1', b: '2' } })
    const update = async (change: unknown) => (await s.ok('POST', '/v1/coupons/A', { metadata: change })).metadata
    expect(await update({ b: '3', c: '4' })).toEqual({ a: '1', b: '3', c: '4' })
    expect(await update({ a: '' })).toEqual({ b: '3', c: '4' })
    expect(await update('')).toEqual({})
  })
})
