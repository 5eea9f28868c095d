import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { asked, openSettling } from '../../test/support/settling.ts'

const settling = await openSettling()
const { change, coupon, objects, sent, verdictOn } = settling
beforeEach(() => settling.clear())
afterAll(() => settling.close())

const terms = '{"percent_off":10,"duration":"once"}'
const order = { idempotency_key: 'order-1', request_digest: 'words' }
const hour = 3_600_000

const applied = (objectId: string) => ({
  outcome: 'applied',
  objectId,
  sentence: `Stripe has ${objectId} with exactly these terms, of the time of the request, which no other change made.`,
})
const notApplied = {
  outcome: 'not_applied',
  objectId: null,
  sentence: 'Stripe has none with these terms that no other change made.',
}
const unknown = (sentence: string) => ({ outcome: 'unknown', objectId: null, sentence })
const create = (more: Parameters<typeof change>[1] = {}) => change('coupon.create', { terms, ...more })

test('the one coupon with exactly these terms is the one that was made', async () => {
  objects.push(coupon({ id: 'OTHER', percent_off: 20 }), coupon({ id: 'MADE' }))
  expect(await verdictOn(await create())).toEqual(applied('MADE'))
})

test('where there is none, none was made', async () => {
  objects.push(coupon({ id: 'OTHER', percent_off: 20 }))
  expect(await verdictOn(await create())).toEqual(notApplied)
})

test('nothing can be told of terms that were too long to be kept, and Stripe is not asked', async () => {
  expect(await verdictOn(await create({ terms: null }))).toEqual(
    unknown('The terms were too long to be kept, so that nothing can be compared with them.'),
  )
  expect(sent).toEqual([])
})

test('what another change made is not taken', async () => {
  objects.push(coupon({ id: 'THEIRS' }), coupon({ id: 'MADE' }))
  const id = await create()
  await create({ object_id: 'THEIRS', outcome: 'applied' })
  expect(await verdictOn(id)).toEqual(applied('MADE'))
})

test('a code is found by its text, in upper or lower case, and only among codes', async () => {
  const code = {
    object: 'promotion_code',
    code: 'SUMMER',
    active: true,
    promotion: { type: 'coupon', coupon: 'TEN' },
    restrictions: { first_time_transaction: false },
  }
  objects.push(coupon(), coupon({ ...code, id: 'promo_1' }), coupon({ ...code, id: 'promo_2', code: 'WINTER' }))
  const codeTerms = JSON.stringify({ promotion: { coupon: 'TEN' }, code: 'SUMMER' })
  expect(await verdictOn(await change('promotion_code.create', { terms: codeTerms }))).toEqual(applied('promo_1'))
  expect(sent.map(({ searchParams }) => searchParams.get('code'))).toEqual(['SUMMER'])
  const anyTerms = JSON.stringify({ promotion: { coupon: 'TEN' } })
  const id = await change('promotion_code.bulk_create', { terms: anyTerms, at: asked + 1 })
  expect(await verdictOn(id)).toEqual(
    unknown('1 changes without an answer asked for these terms, and Stripe has 2 that fit: promo_1, promo_2.'),
  )
})

describe('the pages of a list', () => {
  /** So many coupons, of which the oldest alone fits. */
  const fill = (count: number) => {
    for (let index = 1; index < count; index += 1) objects.push(coupon({ id: `C${index}`, percent_off: 20 }))
    objects.push(coupon({ id: 'MADE' }))
  }

  test('are read to the end, each after the one before', async () => {
    fill(201)
    expect(await verdictOn(await create())).toEqual(applied('MADE'))
    const query = (name: string) => sent.map(({ searchParams }) => searchParams.get(name))
    expect(query('starting_after')).toEqual([null, 'C100', 'C200'])
    expect(query('limit')).toEqual(['100', '100', '100'])
  })

  test('of codes are read to the end as well', async () => {
    const code = {
      object: 'promotion_code',
      code: 'A',
      active: true,
      promotion: { type: 'coupon', coupon: 'TEN' },
      restrictions: { first_time_transaction: false },
    }
    for (let index = 1; index <= 100; index += 1) objects.push(coupon({ ...code, id: `promo_${index}`, active: false }))
    objects.push(coupon({ ...code, id: 'promo_made' }))
    const id = await change('promotion_code.create', { terms: JSON.stringify({ promotion: { coupon: 'TEN' } }) })
    expect(await verdictOn(id)).toEqual(applied('promo_made'))
    expect(sent.map(({ searchParams }) => searchParams.get('starting_after'))).toEqual([null, 'promo_100'])
  })

  test('are as many as 2,000 objects fill', async () => {
    fill(2_000)
    expect(await verdictOn(await create())).toEqual(applied('MADE'))
    objects.unshift(coupon({ id: 'NEWEST', percent_off: 20 }))
    sent.length = 0
    expect(await verdictOn(await create({ at: asked + 1 }))).toEqual(
      unknown('More than 2000 objects were made since, too many to compare.'),
    )
    expect(sent).toHaveLength(20)
  })

  test('go back for a day, of codes as well', async () => {
    await verdictOn(await create())
    await verdictOn(await change('promotion_code.create', { terms }))
    const day = String(asked / 1_000 - 24 * 3_600)
    expect(sent.map(({ searchParams }) => searchParams.get('created[gte]'))).toEqual([day, day])
  })
})

describe('equal requests', () => {
  test('that are as many as the coupons made one each', async () => {
    objects.push(coupon({ id: 'B' }), coupon({ id: 'A' }))
    const id = await create()
    await create({ outcome: 'unknown' })
    expect(await verdictOn(id)).toEqual(applied('B'))
  })

  test('that are more than the coupons cannot be told apart', async () => {
    objects.push(coupon({ id: 'ONE' }))
    const id = await create()
    await create({ at: asked + 1 })
    await create({ at: asked - 1 })
    expect(await verdictOn(id)).toEqual(
      unknown('3 changes without an answer asked for these terms, and Stripe has 1 that fit: ONE.'),
    )
  })

  test('that are fewer cannot either, and the first five coupons are named', async () => {
    objects.push(...['F', 'E', 'D', 'C', 'B', 'A'].map((id) => coupon({ id })))
    expect(await verdictOn(await create())).toEqual(
      unknown('1 changes without an answer asked for these terms, and Stripe has 6 that fit: F, E, D, C, B.'),
    )
  })

  test('are seen however many changes with an answer came later', async () => {
    objects.push(coupon({ id: 'ONE' }))
    const id = await create()
    await create()
    const whose = { mode: 'sandbox', actor: 'api_key', account_id: 'acct_1', at: asked } as const
    const rows = Array.from({ length: 1_000 }, (_, index) => ({ ...whose, change_id: `chg_more_${index}`, terms }))
    for (let first = 0; first < rows.length; first += 100) {
      const some = rows.slice(first, first + 100)
      const starts = some.map((row) => ({ ...row, id: `${row.change_id}_start`, type: 'coupon.create.started' }))
      const ends = some.map((row) => ({
        ...row,
        id: `${row.change_id}_end`,
        type: 'coupon.create.ended',
        outcome: 'not_applied' as const,
      }))
      await settling.database
        .insertInto('events')
        .values([...starts.map((start) => ({ ...start, outcome: null })), ...ends])
        .execute()
    }
    expect(await verdictOn(id)).toEqual(
      unknown('2 changes without an answer asked for these terms, and Stripe has 1 that fit: ONE.'),
    )
  })

  test.each([
    ['in other words', { terms: '{"duration":"once","percent_off":10}' }],
    ['under the id of that coupon', { object_id: 'ONE', terms: '{"id":"ONE","percent_off":10,"duration":"once"}' }],
    ['in terms too long to be kept', { terms: null }],
  ])('are those %s as well', async (_, more) => {
    objects.push(coupon({ id: 'ONE' }))
    const id = await create()
    await create(more)
    expect(await verdictOn(id)).toEqual(
      unknown('2 changes without an answer asked for these terms, and Stripe has 1 that fit: ONE.'),
    )
  })

  test('of which one asked for an id of its own did not make either', async () => {
    objects.push(coupon({ id: 'OWN' }), coupon({ id: 'ONE' }))
    const id = await create()
    await create({ object_id: 'OTHER' })
    await create({ object_id: 'OWN' })
    expect(await verdictOn(id)).toEqual(
      unknown('2 changes without an answer asked for these terms, and Stripe has 2 that fit: OWN, ONE.'),
    )
  })

  test.each([-24 * hour, 24 * hour])('are those of a day before and after (%d ms)', async (ms) => {
    objects.push(coupon({ id: 'ONE' }))
    const id = await create()
    await create({ at: asked + ms + Math.sign(ms) })
    expect(await verdictOn(id)).toEqual(applied('ONE'))
    await create({ at: asked + ms })
    expect(await verdictOn(id)).toMatchObject({ outcome: 'unknown' })
  })

  test('are not those that were refused, had other terms or were of another kind, or under the same key', async () => {
    objects.push(coupon({ id: 'ONE' }))
    const id = await create(order)
    await create({ outcome: 'not_applied' })
    await create({ terms: '{"percent_off":20,"duration":"once"}' })
    await change('promotion_code.create', { terms })
    await create(order)
    expect(await verdictOn(id)).toEqual(applied('ONE'))
  })
})

test('a coupon that was changed later may be the one, and only one of the time of the request', async () => {
  objects.push(coupon({ id: 'RENAMED', name: 'New' }))
  expect(await verdictOn(await create())).toEqual(
    unknown('Stripe has RENAMED, which may have been made so and changed later.'),
  )
  objects.splice(0, 1, coupon({ id: 'RENAMED', name: 'New', created: (asked + hour) / 1_000 }))
  expect(await verdictOn(await create({ at: asked + 1 }))).toEqual(notApplied)
})

test('a coupon that was changed later does not stand against one with exactly these terms', async () => {
  objects.push(coupon({ id: 'RENAMED', name: 'New' }), coupon({ id: 'MADE' }))
  expect(await verdictOn(await create())).toEqual(applied('MADE'))
})

test('a coupon of another time cannot be told from one that was made by a clock that was off', async () => {
  objects.push(coupon({ id: 'RENAMED', name: 'New', created: (asked + hour) / 1_000 }))
  objects.push(coupon({ id: 'FAR', created: (asked + hour) / 1_000 }))
  expect(await verdictOn(await create())).toEqual(
    unknown('Stripe has FAR with these terms, but of 2026-02-28T13:00:00.000Z.'),
  )
})

describe('a coupon that was deleted since', () => {
  const remove = (more: object = {}) =>
    change('coupon.delete', { object_id: 'GONE', outcome: 'applied', at: asked + 1, ...more })

  test('may be the one that an earlier attempt made', async () => {
    const first = await create(order)
    await remove()
    const second = await create({ ...order, at: asked + 2 })
    for (const id of [first, second]) {
      expect(await verdictOn(id)).toEqual(unknown('GONE was deleted since, and may have been the one that was made.'))
    }
  })

  test.each(['applied', 'unknown', null] as const)('may have been the one (%s)', async (outcome) => {
    const id = await create()
    await remove({ outcome })
    expect(await verdictOn(id)).toEqual(unknown('GONE was deleted since, and may have been the one that was made.'))
  })

  test('is not named where another agency deleted it, which had the account since', async () => {
    const id = await create()
    await remove({ agency_id: 'ag_2' })
    expect(await verdictOn(id)).toEqual(unknown('A coupon was deleted since, and may have been the one that was made.'))
  })

  test('may have been the one also by a clock that is behind', async () => {
    const id = await create()
    await remove({ at: asked - 3 * 60_000 })
    expect(await verdictOn(id)).toEqual(unknown('GONE was deleted since, and may have been the one that was made.'))
  })

  test('may have been the one also where another one’s maker is known', async () => {
    const id = await create()
    await remove()
    await create({ object_id: 'KNOWN', outcome: 'applied' })
    await remove({ object_id: 'KNOWN', at: asked + 2 })
    expect(await verdictOn(id)).toEqual(unknown('GONE was deleted since, and may have been the one that was made.'))
  })

  test('was not where it is not gone, has another maker, went before, or no one knows which it was', async () => {
    await remove({ object_id: 'BEFORE' })
    const id = await create()
    await remove({ outcome: 'not_applied' })
    await remove({ object_id: 'KNOWN' })
    await create({ object_id: 'KNOWN', outcome: 'applied' })
    await remove({ object_id: null })
    expect(await verdictOn(id)).toEqual(notApplied)
  })

  test('says nothing of a code', async () => {
    const id = await change('promotion_code.create', { terms })
    await remove()
    expect(await verdictOn(id)).toEqual(notApplied)
  })
})
