/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { coupons, fact, idsOf, refusal } from '../../support/sandbox-facts.ts'

describe('a list', () => {
  fact('R', 'a list has four keys and no count', async (s) => {
    await coupons(s, 1)
    const list = await s.ok('GET', '/v1/coupons', { limit: 3 })
    expect(Object.keys(list)).toEqual(['object', 'data', 'has_more', 'url'])
    expect(list).toMatchObject({ object: 'list', has_more: false, url: '/v1/coupons' })
  })
  fact('R', 'newest first, ten by default, within a second in reverse order of creation', async (s) => {
    const ids = await coupons(s, 12)
    expect(await idsOf(s)).toEqual(ids.toReversed().slice(0, 10))
    expect((await s.ok('GET', '/v1/coupons')).has_more).toBe(true)
  })
  fact('R', 'a limit out of 1 to 100 is clamped in silence', async (s) => {
    await coupons(s, 101)
    for (const [limit, length] of [
      [0, 1],
      [-5, 1],
      [100, 100],
      [101, 100],
      [5000, 100],
    ]) {
      expect(await idsOf(s, { limit })).toHaveLength(length ?? 0)
    }
  })
  fact('R', 'cursors are exclusive, and a page before one is still newest first', async (s) => {
    const [a, b, c, d, e] = await coupons(s, 5)
    expect(await idsOf(s, { starting_after: c })).toEqual([b, a])
    expect(await idsOf(s, { ending_before: a, limit: 2 })).toEqual([c, b])
    expect(await idsOf(s, { ending_before: c })).toEqual([e, d])
  })
  fact(
    'R',
    'an unknown cursor is 400',
    refusal(
      'GET',
      '/v1/coupons',
      { starting_after: 'X' },
      {
        code: 'resource_missing',
        param: 'starting_after',
        message: "No such coupon: 'X'",
      },
    ),
  )
  fact(
    'R',
    'an unknown ending_before too',
    refusal(
      'GET',
      '/v1/coupons',
      { ending_before: 'X' },
      {
        code: 'resource_missing',
        param: 'ending_before',
        message: "No such coupon: 'X'",
      },
    ),
  )
  fact('R', 'two cursors are refused', async (s) => {
    const [a = '', b = ''] = await coupons(s, 2)
    await refusal(
      'GET',
      '/v1/coupons',
      { starting_after: b, ending_before: a },
      {
        message: 'Received both starting_after and ending_before parameters. Please pass in only one.',
      },
    )(s)
  })
  fact('S', 'created is a time, or bounds around it', async (s) => {
    const [a] = await coupons(s, 1)
    const first = s.clock.now
    s.clock.now += 10
    const [b] = await coupons(s, 1)
    expect(await idsOf(s, { created: first })).toEqual([a])
    expect(await idsOf(s, { created: { gt: first } })).toEqual([b])
    expect(await idsOf(s, { created: { gte: first, lt: s.clock.now } })).toEqual([a])
    expect(await idsOf(s, { created: { lte: s.clock.now } })).toEqual([b, a])
  })
  fact('S', 'coupons have no other filter', async (s) => {
    for (const name of ['valid', 'code', 'name']) {
      expect(await s.refused('GET', '/v1/coupons', { [name]: '1' })).toMatchObject({ code: 'parameter_unknown' })
    }
  })
})
