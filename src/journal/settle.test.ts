import { afterAll, beforeEach, expect, test } from 'vitest'
import { asked, openSettling } from '../../test/support/settling.ts'
import { createSettle } from './settle.ts'

const settling = await openSettling()
const { database, accounts, journal, stripe, change, coupon, objects } = settling
const settle = createSettle({ database, accounts, journal, stripe })
beforeEach(() => settling.clear())
afterAll(() => settling.close())

const minute = 60_000
/** When a change of `asked` is old enough. */
const now = asked + 10 * minute + 1
const mine = { object_id: 'MINE', terms: '{"percent_off":10,"duration":"once"}' }

const settleAll = async (options: Partial<Parameters<typeof settle>[0]> = {}) => {
  const all = []
  for await (const one of settle({ since: asked, now, ...options })) all.push(one)
  return all
}
const settledIds = async (options?: Parameters<typeof settleAll>[0]) =>
  (await settleAll(options)).map(({ event }) => event.id)
const written = async () => await database.selectFrom('events').selectAll().where('type', 'like', '%.settled').execute()

test.each([
  [{}, 'operator'],
  [{ actor: 'worker' as const }, 'worker'],
])('what became of a change is told and written, with who asked: %j', async (options, actor) => {
  objects.push(coupon())
  const id = await change('coupon.create', mine)
  const sentence = 'Stripe has MINE with these terms, of the time of the request.'
  expect(await settleAll(options)).toMatchObject([
    { event: { id }, verdict: { outcome: 'applied', objectId: 'MINE', sentence } },
  ])
  const settled = {
    type: 'coupon.create.settled',
    change_id: id,
    actor,
    outcome: 'applied',
    object_id: 'MINE',
    message: sentence,
  }
  expect(await written()).toMatchObject([settled])
  expect(await settleAll(options)).toEqual([])
})

test('a dry run writes nothing', async () => {
  await change('coupon.create', mine)
  expect(await settleAll({ isDryRun: true })).toMatchObject([{ verdict: { outcome: 'not_applied' } }])
  expect(await written()).toEqual([])
})

test('of an account that has left the platform nobody can tell, and it is asked no more', async () => {
  await change('coupon.create', mine)
  settling.refuse(403, { code: 'account_invalid' })
  const verdict = { outcome: 'unknown', objectId: null, sentence: 'The account has left the platform.' }
  expect(await settleAll()).toMatchObject([{ verdict }])
  expect(await settleAll()).toEqual([])
})

test('where Stripe cannot be asked the reason is told, and nothing is written', async () => {
  await change('coupon.create', mine)
  settling.refuse(500)
  expect(await settleAll()).toMatchObject([{ failure: 'Stripe could not be reached or failed. Retry shortly.' }])
  expect(await written()).toEqual([])
})

test('a fault of this server is none of Stripe’s', async () => {
  await change('coupon.create', { ...mine, terms: 'no JSON' })
  objects.push(coupon())
  await expect(settleAll()).rejects.toThrow(SyntaxError)
})

test('a change is settled once every call of it has ended, and not one from before', async () => {
  const id = await change('coupon.create', mine)
  expect(await settledIds({ now: now - 1, isDryRun: true })).toEqual([])
  expect(await settledIds({ since: asked + 1, isDryRun: true })).toEqual([])
  expect(await settledIds({ isDryRun: true })).toEqual([id])
})

test('changes are settled by the hour, each once, the oldest first', async () => {
  const hour = 60 * minute
  const ids = []
  for (const at of [0, hour - 1, hour, 2 * hour, 2 * hour + 5]) {
    ids.push(await change('coupon.create', { ...mine, at: asked + at }))
  }
  expect(await settledIds({ now: now + 3 * hour, isDryRun: true })).toEqual(ids)
})

test('changes of another mode, and those with a clear answer, are left', async () => {
  await change('coupon.create', { ...mine, mode: 'test' })
  await change('coupon.create', { ...mine, outcome: 'not_applied' })
  expect(await settledIds()).toEqual([])
})
