import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { asked, openSettling } from '../../test/support/settling.ts'

const settling = await openSettling()
const { change, coupon, end, objects, sent, verdictOn } = settling
beforeEach(() => settling.clear())
afterAll(() => settling.close())

const terms = '{"percent_off":10,"duration":"once"}'
const otherTerms = '{"percent_off":20,"duration":"once"}'
const mine = { object_id: 'MINE', terms }
const gone = { object_id: 'MINE', outcome: 'applied' } as const
const order = { idempotency_key: 'order-1', request_digest: 'words' }
const minute = 60_000

const applied = (objectId: string | null, sentence: string) => ({ outcome: 'applied', objectId, sentence })
const notApplied = (sentence: string, objectId: string | null = null) => ({
  outcome: 'not_applied',
  objectId,
  sentence,
})
const unknown = (sentence: string, objectId: string | null = 'MINE') => ({ outcome: 'unknown', objectId, sentence })
const made = applied('MINE', 'Stripe has MINE with these terms, of the time of the request.')

describe('a coupon with an id of its own', () => {
  test('was made where Stripe has it with these terms, of the time of the request', async () => {
    objects.push(coupon())
    expect(await verdictOn(await change('coupon.create', mine))).toEqual(made)
  })

  test('was not where Stripe has none', async () => {
    expect(await verdictOn(await change('coupon.create', mine))).toEqual(notApplied('Stripe has no MINE.'))
  })

  test('was not where Stripe has it with other terms', async () => {
    objects.push(coupon({ percent_off: 20 }))
    expect(await verdictOn(await change('coupon.create', mine))).toEqual(
      notApplied('Stripe has MINE with other terms.'),
    )
  })

  test('is told by its time alone where its terms were too long to be kept', async () => {
    objects.push(coupon({ percent_off: 20 }))
    expect(await verdictOn(await change('coupon.create', { object_id: 'MINE' }))).toEqual(made)
  })

  test.each(['applied', 'replayed'] as const)('was not where another change made it (%s)', async (outcome) => {
    objects.push(coupon())
    const id = await change('coupon.create', mine)
    const other = await change('coupon.create', { ...mine, outcome })
    expect(await verdictOn(id)).toEqual(notApplied(`MINE was made by ${other}.`))
  })

  test('is not made by changes of another account, another mode or another kind', async () => {
    objects.push(coupon())
    const id = await change('coupon.create', mine)
    await change('coupon.create', { ...mine, account_id: 'acct_2', outcome: 'applied' })
    await change('coupon.create', { ...mine, mode: 'test', outcome: 'applied' })
    await change('coupon.update', { ...mine, outcome: 'applied' })
    await change('coupon.create', { ...mine, outcome: 'not_applied' })
    expect(await verdictOn(id)).toEqual(made)
  })

  test.each([
    ['unanswered', null],
    ['unclear', 'unknown'],
  ] as const)('cannot be told from that of another %s request for it', async (_, outcome) => {
    objects.push(coupon())
    const id = await change('coupon.create', mine)
    const other = await change('coupon.create', { ...mine, outcome })
    expect(await verdictOn(id)).toEqual(unknown(`${other} asked for MINE too, and has no answer either.`))
  })

  test('cannot be told either where the terms of the other one were too long to be kept', async () => {
    objects.push(coupon())
    const id = await change('coupon.create', mine)
    const other = await change('coupon.create', { object_id: 'MINE' })
    expect(await verdictOn(id)).toEqual(unknown(`${other} asked for MINE too, and has no answer either.`))
  })

  test('is told from one that was asked for with other terms or another id, and from a change of another kind', async () => {
    objects.push(coupon())
    const id = await change('coupon.create', mine)
    await change('coupon.create', { ...mine, terms: otherTerms })
    await change('coupon.create', { ...mine, object_id: 'OTHER' })
    await change('coupon.update', mine)
    expect(await verdictOn(id)).toEqual(made)
  })

  test('is told from another attempt under its key in the same words, whatever a release made of them', async () => {
    objects.push(coupon())
    const id = await change('coupon.create', { ...mine, ...order })
    await change('coupon.create', { ...mine, ...order })
    await change('coupon.create', { ...mine, ...order, terms: '{"percent_off":10}' })
    expect(await verdictOn(id)).toEqual(made)
  })

  test.each([
    ['no key', 'coupon.create', {}, {}],
    ['another key', 'coupon.create', order, { ...order, idempotency_key: 'order-2' }],
    ['its key in other words', 'coupon.create', order, { ...order, request_digest: 'other words' }],
    ['its key and words for something else', 'promotion_code.create', order, order],
  ])('is not told from a request with %s', async (_, type, own, others) => {
    objects.push(coupon())
    const id = await change('coupon.create', { ...mine, ...own })
    const other = await change(type, { ...mine, ...others })
    expect(await verdictOn(id)).toEqual(unknown(`${other} asked for MINE too, and has no answer either.`))
  })

  test('cannot be told where it was deleted since', async () => {
    const id = await change('coupon.create', mine)
    const deletion = await change('coupon.delete', { ...gone, at: asked - 1 })
    expect(await verdictOn(id)).toEqual(unknown(`${deletion} may have deleted MINE since.`))
  })

  test('cannot be told where it was deleted between two attempts', async () => {
    const first = await change('coupon.create', { ...mine, ...order })
    const deletion = await change('coupon.delete', gone)
    const second = await change('coupon.create', { ...mine, ...order, at: asked + 2 })
    for (const id of [first, second]) {
      expect(await verdictOn(id)).toEqual(unknown(`${deletion} may have deleted MINE since.`))
    }
  })

  test('cannot be told where it is deleted while it is looked for', async () => {
    const id = await change('coupon.create', mine)
    settling.whenAsked(async () => await change('coupon.delete', gone))
    expect(await verdictOn(id)).toMatchObject({ outcome: 'unknown' })
  })

  test('cannot be told where a deletion from before was slow, or has no answer and may have arrived since', async () => {
    const slow = await change('coupon.delete', { object_id: 'MINE', at: asked - 5_000 })
    const id = await change('coupon.create', mine)
    const sentence = `${slow} may have deleted MINE since.`
    expect(await verdictOn(id)).toEqual(unknown(sentence))
    await end(slow, 'coupon.delete', { outcome: 'applied' })
    expect(await verdictOn(id)).toEqual(unknown(sentence))
  })

  test('can be told where it was deleted before, or changed since', async () => {
    objects.push(coupon())
    await change('coupon.delete', { object_id: 'MINE', at: asked - 10 * minute - 1 })
    await change('coupon.delete', gone)
    await change('coupon.delete', { object_id: 'MINE', outcome: 'not_applied' })
    const id = await change('coupon.create', mine)
    await change('coupon.update', { object_id: 'MINE', outcome: 'applied' })
    expect(await verdictOn(id)).toEqual(made)
  })

  test('was made anew where what another change made was deleted before', async () => {
    objects.push(coupon())
    await change('coupon.create', { ...mine, outcome: 'applied' })
    await change('coupon.create', { ...mine, at: asked - 11 * minute })
    await change('coupon.delete', gone)
    expect(await verdictOn(await change('coupon.create', mine))).toEqual(made)
  })

  test('was not where another change made it anew after a deletion', async () => {
    objects.push(coupon())
    await change('coupon.delete', gone)
    const other = await change('coupon.create', { ...mine, outcome: 'applied' })
    expect(await verdictOn(await change('coupon.create', mine))).toEqual(notApplied(`MINE was made by ${other}.`))
  })

  describe('cannot be told from that of another change', () => {
    const tooUnclear = (other: string) => unknown(`${other} made MINE too, and nothing tells whose this one is.`)

    test('whose time it is not of', async () => {
      objects.push(coupon())
      const other = await change('coupon.create', { ...mine, at: asked - 60 * minute, outcome: 'applied' })
      expect(await verdictOn(await change('coupon.create', mine))).toEqual(tooUnclear(other))
    })

    test('that a deletion without an answer may have removed', async () => {
      objects.push(coupon())
      const deletion = await change('coupon.delete', { object_id: 'MINE', at: asked - 11 * minute })
      const other = await change('coupon.create', { ...mine, at: asked - minute, outcome: 'applied' })
      const id = await change('coupon.create', mine)
      expect(await verdictOn(id)).toEqual(tooUnclear(other))
      await end(deletion, 'coupon.delete', { outcome: 'not_applied' })
      expect(await verdictOn(id)).toEqual(notApplied(`MINE was made by ${other}.`))
    })

    test('that was only told again after the deletion', async () => {
      objects.push(coupon())
      await change('coupon.delete', gone)
      const other = await change('coupon.create', { ...mine, outcome: 'replayed' })
      expect(await verdictOn(await change('coupon.create', mine))).toEqual(tooUnclear(other))
    })
  })

  test('may be two minutes older and ten minutes younger than the request, and no more', async () => {
    for (const ms of [-2 * minute, 10 * minute]) {
      objects.splice(0, 1, coupon({ created: (asked + ms) / 1_000 }))
      expect(await verdictOn(await change('coupon.create', { ...mine, ...order }))).toEqual(made)
    }
    const beyond = [
      [-2 * minute - 1_000, '2026-02-28T11:57:59.000Z'],
      [10 * minute + 1_000, '2026-02-28T12:10:01.000Z'],
    ] as const
    for (const [ms, time] of beyond) {
      objects.splice(0, 1, coupon({ created: (asked + ms) / 1_000 }))
      expect(await verdictOn(await change('coupon.create', { ...mine, ...order }))).toEqual(
        unknown(`Stripe has MINE with these terms, of ${time}, which is not the time of the request.`),
      )
    }
  })
})

describe.each([
  ['coupon.update', 'coupon', 'name'],
  ['promotion_code.update', 'promotion_code', 'metadata'],
])('a change by %s', (type, object, field) => {
  const value = field === 'name' ? 'New' : { a: '1' }
  const update = { object_id: 'MINE', terms: JSON.stringify({ [field]: value }) }

  test('was made where the object is as it was asked for', async () => {
    objects.push(coupon({ object, [field]: value }))
    expect(await verdictOn(await change(type, update))).toEqual(applied('MINE', 'MINE is as it was asked for.'))
  })

  test('was not where the object is otherwise, or there is none', async () => {
    const id = await change(type, update)
    expect(await verdictOn(id)).toEqual(notApplied('Stripe has no MINE.'))
    objects.push(coupon({ object }))
    expect(await verdictOn(id)).toEqual(notApplied('MINE is not as it was asked for.', 'MINE'))
  })

  test('cannot be told where the object does not show it, or nobody knows what it was', async () => {
    objects.push(coupon({ object }))
    const sentence = 'Stripe does not show what was to be changed in MINE.'
    expect(await verdictOn(await change(type, { ...update, terms: '{"hidden":1}' }))).toEqual(unknown(sentence))
    expect(await verdictOn(await change(type, { object_id: 'MINE', at: asked + 11 * minute }))).toEqual(
      unknown(sentence),
    )
  })

  test.each([
    [type, null],
    [type, 'unknown'],
    ['coupon.delete', 'applied'],
  ] as const)('cannot be told after a later %s whose outcome is %s', async (laterType, outcome) => {
    objects.push(coupon({ object, [field]: value }))
    const id = await change(type, update)
    const later = await change(laterType, { object_id: 'MINE', outcome })
    expect(await verdictOn(id)).toEqual(unknown(`${later} may have changed MINE since.`))
  })

  test('cannot be told after an earlier one that was slow, or has no answer and may have arrived since', async () => {
    objects.push(coupon({ object }))
    const slow = await change(type, { object_id: 'MINE', at: asked - 5_000 })
    const id = await change(type, update)
    const sentence = `${slow} may have changed MINE since.`
    expect(await verdictOn(id)).toEqual(unknown(sentence))
    await end(slow, type, { outcome: 'applied' })
    expect(await verdictOn(id)).toEqual(unknown(sentence))
  })

  test('cannot be told after a later one that a clock which was set back has noted as earlier', async () => {
    objects.push(coupon({ object }))
    const id = await change(type, update)
    const later = await change(type, { ...gone, at: asked - 15 * minute })
    expect(await verdictOn(id)).toEqual(unknown(`${later} may have changed MINE since.`))
  })

  test('can be told after an earlier one that had no answer, and whose retry was answered', async () => {
    objects.push(coupon({ object, [field]: value }))
    await change(type, { object_id: 'MINE', ...order, at: asked - 5_000 })
    await change(type, { ...gone, ...order, at: asked - 4_000 })
    expect(await verdictOn(await change(type, update))).toMatchObject({ outcome: 'applied' })
  })

  test('cannot be told where it is changed while it is looked at', async () => {
    const id = await change(type, update)
    settling.whenAsked(async () => await change(type, gone))
    expect(await verdictOn(id)).toMatchObject({ outcome: 'unknown' })
  })

  test('can be told after a later change that was not made or the same, earlier ones, and the object’s own creation', async () => {
    objects.push(coupon({ object, [field]: value }))
    await change('promotion_code.bulk_create', gone)
    await change(type, gone)
    await change(type, { object_id: 'MINE', at: asked - 10 * minute - 1 })
    const id = await change(type, { ...update, ...order })
    await change(type, { ...update, ...order })
    await change(type, { object_id: 'MINE', outcome: 'not_applied' })
    expect(await verdictOn(id)).toMatchObject({ outcome: 'applied' })
  })
})

describe('a deletion', () => {
  const remove = (more: object = {}) => change('coupon.delete', { object_id: 'MINE', ...more })
  const create = (more: object = {}) => change('coupon.create', { ...mine, outcome: 'applied', ...more })
  const done = applied('MINE', 'Stripe has no MINE any more.')
  const kept = notApplied('Stripe still has MINE.', 'MINE')

  test.each(['coupon.create', 'coupon.update'])('was made where Stripe has none any more after a %s', async (type) => {
    await change(type, gone)
    expect(await verdictOn(await remove())).toEqual(done)
  })

  test('was made also where it was deleted and made anew before, or another deletion was refused', async () => {
    await remove({ outcome: 'applied' })
    await create()
    const id = await remove()
    await remove({ outcome: 'not_applied' })
    expect(await verdictOn(id)).toEqual(done)
  })

  test('cannot be told where nothing shows that there was one', async () => {
    const sentence = 'Stripe has no MINE, and the journal does not show that it ever had one.'
    await create({ outcome: 'replayed' })
    expect(await verdictOn(await remove())).toEqual(unknown(sentence))
  })

  test.each(['applied', 'unknown', null] as const)('cannot be told from another one (%s)', async (outcome) => {
    await create()
    const ids = [await remove(), await remove({ outcome })]
    const sentence = `Stripe has no MINE, but ${ids[1]} may have deleted it.`
    expect(await verdictOn(ids[0] ?? '')).toEqual(unknown(sentence))
    await remove()
    expect(await verdictOn(await remove({ at: asked + 1 }))).toMatchObject({ outcome: 'unknown' })
  })

  test('cannot be told where one was made since, or may have been', async () => {
    for (const outcome of ['applied', 'unknown', null] as const) {
      objects.splice(0, 1, coupon({ created: asked / 1_000 - 3_600 }))
      const id = await remove()
      const other = await create({ outcome })
      expect(await verdictOn(id)).toEqual(unknown(`${other} may have made MINE since.`))
      await settling.clear()
    }
  })

  test('cannot be told where another one is made while it is looked for', async () => {
    await create()
    const id = await remove()
    settling.whenAsked(async () => await create({ outcome: null }))
    expect(await verdictOn(id)).toMatchObject({ outcome: 'unknown' })
  })

  test('was not where Stripe has one that is older', async () => {
    objects.push(coupon({ created: asked / 1_000 - 121 }))
    expect(await verdictOn(await remove())).toEqual(kept)
  })

  test('was not where Stripe has one that an earlier change just made', async () => {
    objects.push(coupon())
    await create()
    expect(await verdictOn(await remove())).toEqual(kept)
  })

  test('cannot be told where Stripe has one that by its clock may be newer', async () => {
    objects.push(coupon({ created: asked / 1_000 - 120 }))
    await create({ outcome: 'not_applied' })
    await create({ at: asked - 60 * minute })
    expect(await verdictOn(await remove())).toEqual(
      unknown('Stripe has MINE, but of 2026-02-28T11:58:00.000Z: it may have been made again.'),
    )
  })
})

describe('a change of another agency, which had the account before or has had it since, is not named where', () => {
  const theirs = { ...mine, agency_id: 'ag_2' }
  const answered = { ...theirs, outcome: 'applied' } as const

  test('it deleted the coupon since', async () => {
    const id = await change('coupon.create', mine)
    await change('coupon.delete', answered)
    expect(await verdictOn(id)).toEqual(unknown('Another change may have deleted MINE since.'))
  })

  test('it made the coupon', async () => {
    objects.push(coupon())
    await change('coupon.create', answered)
    expect(await verdictOn(await change('coupon.create', mine))).toEqual(notApplied('MINE was made by another change.'))
  })

  test('it made the coupon too', async () => {
    objects.push(coupon())
    await change('coupon.create', { ...answered, at: asked - 60 * minute })
    expect(await verdictOn(await change('coupon.create', mine))).toEqual(
      unknown('Another change made MINE too, and nothing tells whose this one is.'),
    )
  })

  test('it asked for the coupon too', async () => {
    objects.push(coupon())
    await change('coupon.create', theirs)
    expect(await verdictOn(await change('coupon.create', mine))).toEqual(
      unknown('Another change asked for MINE too, and has no answer either.'),
    )
  })

  test('it changed the coupon since', async () => {
    objects.push(coupon())
    const id = await change('coupon.update', { object_id: 'MINE', terms: '{"name":"New"}' })
    await change('coupon.update', theirs)
    expect(await verdictOn(id)).toEqual(unknown('Another change may have changed MINE since.'))
  })

  test('it made the coupon again after a deletion', async () => {
    const id = await change('coupon.delete', { object_id: 'MINE' })
    await change('coupon.create', answered)
    expect(await verdictOn(id)).toEqual(unknown('Another change may have made MINE since.'))
  })

  test('it deleted the coupon as well', async () => {
    await change('coupon.delete', answered)
    expect(await verdictOn(await change('coupon.delete', { object_id: 'MINE' }))).toEqual(
      unknown('Stripe has no MINE, but another change may have deleted it.'),
    )
  })
})

describe('a change under an Idempotency-Key', () => {
  test.each(['applied', 'replayed'] as const)('was made where a retry was answered (%s)', async (outcome) => {
    const id = await change('coupon.create', { ...order, terms })
    const retry = await change('coupon.create', { ...order, terms, object_id: 'MADE', outcome })
    expect(await verdictOn(id)).toEqual(
      applied('MADE', `A retry under the same Idempotency-Key, ${retry}, was answered.`),
    )
    expect(sent).toEqual([])
  })

  test.each([
    ['was refused', { outcome: 'not_applied' as const }],
    ['was not answered', { outcome: null }],
    ['had another key', { idempotency_key: 'order-2' }],
    ['had other words', { request_digest: 'other words' }],
    ['was of another agency', { agency_id: 'ag_2' }],
    ['was on another account', { account_id: 'acct_2' }],
  ])('is not told by a request that %s', async (_, more) => {
    const id = await change('coupon.create', { ...order, ...mine })
    await change('coupon.create', { ...order, terms, object_id: 'MADE', outcome: 'applied', ...more })
    expect(await verdictOn(id)).toEqual(notApplied('Stripe has no MINE.'))
  })

  test('is not told by a request that changed another object in the same way', async () => {
    objects.push(coupon())
    const rename = { ...order, terms: '{"name":"New"}' }
    const id = await change('coupon.update', { ...rename, object_id: 'MINE' })
    await change('coupon.update', { ...rename, request_digest: 'of OTHER', object_id: 'OTHER', outcome: 'applied' })
    expect(await verdictOn(id)).toEqual(notApplied('MINE is not as it was asked for.', 'MINE'))
  })

  test('is not told by a request of another kind', async () => {
    const id = await change('coupon.create', { ...order, ...mine })
    await change('promotion_code.create', { ...order, terms, object_id: 'promo_1', outcome: 'applied' })
    expect(await verdictOn(id)).toEqual(notApplied('Stripe has no MINE.'))
  })
})

test('nothing is told where the journal has more than is read', async () => {
  objects.push(coupon())
  const id = await change('coupon.create', mine)
  const start = { mode: 'sandbox', actor: 'api_key', type: 'coupon.update.started', object_id: 'MINE' } as const
  const rows = Array.from({ length: 1_000 }, (_, index) => ({
    ...start,
    id: `evt_more_${index}`,
    change_id: `chg_more_${index}`,
    at: asked,
    account_id: 'acct_1',
  }))
  for (let first = 0; first < rows.length; first += 500) {
    await settling.database
      .insertInto('events')
      .values(rows.slice(first, first + 500))
      .execute()
  }
  expect(await verdictOn(id)).toEqual(unknown('The journal has too many other changes to compare with.', null))
  await settling.database.deleteFrom('events').where('id', '=', 'evt_more_0').execute()
  await settling.database.deleteFrom('events').where('id', '=', 'evt_more_1').execute()
  expect(await verdictOn(id)).toEqual(made)
})

test.each([{ agency_id: null }, { account_id: null }])('a change without an account is nobody’s: %j', async (of) => {
  expect(await verdictOn(await change('coupon.create', { ...mine, ...of }))).toEqual(
    unknown('The change names no account.', null),
  )
})

test('what became of a change on an account that is no longer connected cannot be told', async () => {
  await settling.accounts.disconnect('acct_1')
  expect(await verdictOn(await change('coupon.create', mine))).toEqual(
    unknown('The account is no longer connected.', null),
  )
  expect(sent).toEqual([])
})

test('nothing is said where the accounts cannot be read, or Stripe refuses to be asked', async () => {
  const rename = (from: string, to: string) => settling.database.schema.alterTable(from).renameTo(to).execute()
  const id = await change('coupon.create', mine)
  await rename('accounts', 'away')
  await expect(verdictOn(id)).rejects.toMatchObject({ code: 'unavailable' })
  await rename('away', 'accounts')
  settling.refuse(429)
  await expect(verdictOn(id)).rejects.toMatchObject({ code: 'rate_limited' })
})

test.each([
  ['coupon.freeze', 'MINE'],
  ['promotion_code.delete', 'MINE'],
  ['coupon.update', null],
  ['coupon.delete', null],
])('of a %s of %s nothing can be told', async (type, object_id) => {
  expect(await verdictOn(await change(type, { object_id }))).toEqual(
    unknown(`Nothing is known of how to settle ${type}.`, null),
  )
})
