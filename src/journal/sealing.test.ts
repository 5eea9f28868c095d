import { generateKeyPairSync, verify } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openTestJournal } from '../../test/support/journal.ts'
import { contentOf, hashSeal } from './seal.ts'
import { createSeals } from './sealing.ts'
import { verifySeals } from './verify.ts'

let opened: Awaited<ReturnType<typeof openTestJournal>>
beforeAll(async () => {
  opened = await openTestJournal('sqlite')
})
afterAll(() => opened.close())
beforeEach(async () => {
  await opened.database.deleteFrom('events').execute()
  await opened.database.deleteFrom('seals').execute()
})

/** Writes so many events, of which the first has this `seq`. */
const write = async (count: number, first = 1) => {
  const rows = Array.from({ length: count }, (_, index) => {
    const seq = first + index
    return { seq, id: `evt_${seq}`, at: seq, actor: 'worker' as const, type: 'request.refused' }
  })
  for (let from = 0; from < count; from += 500) {
    await opened.database
      .insertInto('events')
      .values(rows.slice(from, from + 500))
      .execute()
  }
}
const open = (...key: [] | [Parameters<typeof createSeals>[1]]) => createSeals(opened.database, ...key)
const seals = async () => await opened.database.selectFrom('seals').selectAll().orderBy('number').execute()
const setTime = (now: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now })
  onTestFinished(() => void vi.useRealTimers())
}

test('what is not sealed yet is, up to 250 events a seal, each chained to the one before', async () => {
  setTime(5_000)
  expect(await open().seal()).toBe(0)
  await write(501)
  expect(await open().seal()).toBe(3)
  const [first, second, third] = await seals()
  expect([first, second, third]).toMatchObject([
    { number: 1, count: 250, last_seq: 250, previous_hash: null, at: 5_000, signature: null, events_removed_at: null },
    { number: 2, count: 250, last_seq: 500, previous_hash: first?.hash },
    { number: 3, count: 1, last_seq: 501, previous_hash: second?.hash },
  ])
  expect(await open().seal()).toBe(0)
  await write(1, 502)
  expect(await open().seal()).toBe(1)
  expect(await verifySeals(open().sealed())).toMatchObject({ seals: 4, events: 502, finding: undefined })
})

test('a seal is signed with the operator’s key', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  await write(1)
  await open(privateKey).seal()
  const [seal] = await seals()
  const signature = Buffer.from(seal?.signature ?? '', 'base64')
  expect(verify(null, Buffer.from(seal?.hash ?? ''), publicKey, signature)).toBe(true)
})

test('processes that seal at once leave one seal of each number', async () => {
  await write(600)
  const others = [open(), createSeals(opened.connect().database)]
  const written = await Promise.all(others.map((one) => one.seal()))
  written.push(await open().seal())
  expect(written.reduce((sum, count) => sum + count)).toBe(3)
  expect((await seals()).map(({ number }) => number)).toEqual([1, 2, 3])
  expect(await verifySeals(open().sealed())).toMatchObject({ events: 600, finding: undefined })
})

test('the events of each seal are read with it, and at the end those that are not sealed, in parts', async () => {
  await write(3)
  await open().seal()
  await write(1_001, 4)
  const parts = []
  for await (const { seal, events } of open().sealed()) {
    parts.push([seal?.number, events.length, events[0]?.seq, events.at(-1)?.seq])
  }
  expect(parts).toEqual([
    [1, 3, 1, 3],
    [undefined, 1_000, 4, 1_003],
    [undefined, 1, 1_004, 1_004],
  ])
})

test('a seal over 1,000 events, as earlier releases wrote, is read with all of them and one that was slipped in', async () => {
  await write(1_000, 2)
  const events = await opened.database.selectFrom('events').selectAll().orderBy('seq').execute()
  const content = { number: 1, at: 5, ...contentOf(events), previous_hash: null }
  const seal = { ...content, hash: hashSeal(content), signature: null, events_removed_at: null }
  await opened.database.insertInto('seals').values(seal).execute()
  expect(await verifySeals(open().sealed())).toMatchObject({ events: 1_000, finding: undefined })
  await write(1)
  expect((await verifySeals(open().sealed())).finding).toMatch(/^The event evt_1 .* was slipped in under seal 1/)
})

test('events under seals from before a time are removed, those of twenty seals at once, and the seals stay', async () => {
  setTime(1_000)
  for (let seq = 1; seq <= 22; seq += 1) {
    await write(1, seq)
    await open().seal()
  }
  setTime(2_000)
  await write(1, 23)
  await open().seal()
  setTime(3_000)
  expect(await open().removeBefore(1_000)).toBe(0)
  expect(await open().removeBefore(2_000)).toBe(20)
  setTime(4_000)
  expect(await open().removeBefore(2_000)).toBe(2)
  expect(await open().removeBefore(2_000)).toBe(0)
  expect((await seals()).map(({ events_removed_at }) => events_removed_at)).toEqual([
    ...Array.from({ length: 20 }, () => 3_000),
    4_000,
    4_000,
    null,
  ])
  expect(await verifySeals(open().sealed())).toMatchObject({ events: 1, removedByRetention: 22, finding: undefined })
})
