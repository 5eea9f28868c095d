import { generateKeyPairSync } from 'node:crypto'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { EventRow } from '../../src/journal/seal.ts'
import { createSeals } from '../../src/journal/sealing.ts'
import { verifySeals } from '../../src/journal/verify.ts'
import { newEvent, openTestJournal } from '../support/journal.ts'
import { databases, type DatabaseKind } from '../support/new-database.ts'

type TestJournal = Awaited<ReturnType<typeof openTestJournal>>

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))

const open = async (kind: DatabaseKind) => {
  const opened = await openTestJournal(kind)
  onTestFinished(() => opened.close())
  return opened
}

describe.each(databases)('a journal that two processes write and seal, on %s', (kind) => {
  let opened: TestJournal
  let seals: ReturnType<typeof createSeals>
  let rows: EventRow[]
  beforeAll(async () => {
    opened = await openTestJournal(kind)
    seals = createSeals(opened.database)
    const processes = [opened, opened.connect()]
    await Promise.all(
      processes.map(async ({ journal, database }, writer) => {
        for (let index = 0; index < 20; index += 1) {
          await Promise.all(
            [1, 2].map((n) => journal.append(newEvent(`chg_${writer}_${index}_${n}`, { terms: '{"ä":1}' }))),
          )
          if (index % 5 === writer) await createSeals(database).seal()
        }
      }),
    )
    await seals.seal()
    rows = await opened.database.selectFrom('events').selectAll().orderBy('seq').execute()
  })
  afterAll(() => opened.close())

  test('is good as it stands, every event under a seal', async () => {
    expect(await verifySeals(seals.sealed())).toMatchObject({ events: 80, unsealed: 0, finding: undefined })
  })

  const put = (row: EventRow) => opened.database.insertInto('events').values(row).execute()
  const remove = (seq: number) => opened.database.deleteFrom('events').where('seq', '=', seq).execute()
  const finding = async () => (await verifySeals(seals.sealed())).finding

  const anyRow = fc.nat({ max: 79 })
  const runs = { seed, numRuns: 25 }

  test(`tells which event was changed, whatever column it was (seed ${seed})`, async () => {
    const columns = ['at', 'agency_id', 'terms', 'outcome', 'message', 'address', 'id', 'change_id', 'type'] as const
    await fc.assert(
      fc.asyncProperty(anyRow, fc.constantFrom(...columns), async (index, column) => {
        const row = rows[index]
        if (!row) throw new Error('There is no such row.')
        const value = column === 'at' ? row.at + 1 : `${row[column] ?? ''}x`
        await opened.database
          .updateTable('events')
          .set({ [column]: value })
          .where('seq', '=', row.seq)
          .execute()
        expect(await finding()).toMatch(new RegExp(`^The event evt_.*seq ${row.seq}\\) was changed under seal`))
        await remove(row.seq)
        await put(row)
      }),
      runs,
    )
    expect(await finding()).toBe(undefined)
  })

  test(`tells which event was removed (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(anyRow, async (index) => {
        const row = rows[index]
        if (!row) throw new Error('There is no such row.')
        await remove(row.seq)
        expect(await finding()).toMatch(new RegExp(`^The event with seq ${row.seq} was removed under seal`))
        await put(row)
      }),
      runs,
    )
    expect(await finding()).toBe(undefined)
  })

  test(`tells which event was slipped in, between two others or before the first (seed ${seed})`, async () => {
    const last = rows.at(-1)
    if (!last) throw new Error('There is no row.')
    const taken = new Set(rows.map(({ seq }) => seq))
    const free = Array.from({ length: last.seq + 5 }, (_, index) => index - 5).filter((seq) => !taken.has(seq))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...free), async (seq) => {
        await put({ ...last, id: 'evt_forged', change_id: 'chg_forged', seq })
        expect(await finding()).toMatch(new RegExp(`^The event evt_forged .*seq ${seq}\\) was slipped in under seal`))
        await remove(seq)
      }),
      runs,
    )
    expect(await finding()).toBe(undefined)
  })
})

describe.each(databases)('seals, on %s', (kind) => {
  test('cannot be changed or removed without a finding', async () => {
    const { database, journal } = await open(kind)
    const seals = createSeals(database)
    for (const id of ['chg_1', 'chg_2', 'chg_3']) {
      await journal.append(newEvent(id))
      await seals.seal()
    }
    const finding = async () => (await verifySeals(seals.sealed())).finding
    const second = await database.selectFrom('seals').selectAll().where('number', '=', 2).executeTakeFirstOrThrow()
    const set = (values: object) => database.updateTable('seals').set(values).where('number', '=', 2).execute()

    await set({ at: second.at - 1 })
    expect(await finding()).toBe('Seal 2 was changed.')
    await set({ at: second.at, hash: 'ab' })
    expect(await finding()).toBe('Seal 2 was changed.')
    await database.deleteFrom('seals').where('number', '=', 2).execute()
    expect(await finding()).toBe('Seal 2 was removed.')
  })

  test('with a key are signed, and one signature vouches for every seal before it', async () => {
    const { database, journal } = await open(kind)
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const stranger = generateKeyPairSync('ed25519')
    await journal.append(newEvent('chg_1'))
    await createSeals(database).seal()
    await journal.append(newEvent('chg_2'))
    const signing = createSeals(database, privateKey)
    await signing.seal()
    expect(await verifySeals(signing.sealed(), publicKey)).toMatchObject({ signedUpTo: 2, finding: undefined })
    expect((await verifySeals(signing.sealed(), stranger.publicKey)).finding).toMatch(/^Seal 1 and those after it/)

    await database.updateTable('events').set({ message: 'forged' }).where('change_id', '=', 'chg_2').execute()
    await database.deleteFrom('seals').where('number', '=', 2).execute()
    await createSeals(database, stranger.privateKey).seal()
    expect((await verifySeals(signing.sealed())).finding).toBe(undefined)
    expect((await verifySeals(signing.sealed(), publicKey)).finding).toMatch(/no good signature/)
  })

  test('outlive the events that retention removes, whole seals at a time, which are then told as such', async () => {
    const { database, journal } = await open(kind)
    const seals = createSeals(database)
    for (const id of ['chg_1', 'chg_2', 'chg_3']) {
      await journal.append(newEvent(id))
      await seals.seal()
    }
    const { at } = await database.selectFrom('seals').select('at').where('number', '=', 2).executeTakeFirstOrThrow()
    expect(await seals.removeBefore(at + 1)).toBeGreaterThanOrEqual(2)
    expect(await seals.removeBefore(at + 1)).toBe(0)
    const report = await verifySeals(seals.sealed())
    expect(report).toMatchObject({ seals: 3, finding: undefined })
    expect(report.removedByRetention).toBeGreaterThanOrEqual(2)
    expect(report.events + report.removedByRetention).toBe(3)

    const row = await database.selectFrom('events').selectAll().executeTakeFirstOrThrow()
    await database
      .insertInto('events')
      .values({ ...row, id: 'evt_9', change_id: 'chg_9', seq: 1 })
      .execute()
    expect((await verifySeals(seals.sealed())).finding).toMatch(/^The event evt_9 .* was slipped in under seal 1/)
  })
})

describe.runIf(databases.includes('postgres'))('sealing on PostgreSQL', () => {
  test('waits for a writer that was given a lower seq and has not committed, so that no event slips behind a seal', async () => {
    const { database, journal, connect } = await open('postgres')
    const other = connect()
    const seals = createSeals(database)
    await journal.append(newEvent('chg_first'))
    await seals.seal()
    const row = await database.selectFrom('events').selectAll().executeTakeFirstOrThrow()
    const written = Promise.withResolvers<void>()
    const mayCommit = Promise.withResolvers<void>()
    const late = other.database.transaction().execute(async (transaction) => {
      const values = { ...row, seq: undefined, id: 'evt_late', change_id: 'chg_late' }
      await transaction.insertInto('events').values(values).execute()
      written.resolve()
      await mayCommit.promise
    })
    await written.promise
    await journal.append(newEvent('chg_next'))
    expect(await seals.seal()).toBe(0)
    mayCommit.resolve()
    await late
    await expect.poll(() => seals.seal()).toBe(1)
    expect(await verifySeals(seals.sealed())).toMatchObject({ events: 3, unsealed: 0, finding: undefined })
  })
})
