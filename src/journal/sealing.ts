import { type KeyObject, sign } from 'node:crypto'
import type { Database } from '../database/database.ts'
import { safeHorizon } from './horizon.ts'
import { type EventRow, contentOf, hashSeal, type Seal } from './seal.ts'

/** So many events get one seal at most, which bounds how long sealing holds the event loop. */
const sealedMax = 250
/** So many events earlier releases put under one seal, which verifying holds in memory. */
const eventsMax = 1_000
/** Seals whose events retention removes in one transaction: no other writer waits long for it. */
const sealsPerRemoval = 20

export type Seals = ReturnType<typeof createSeals>

/** The seals over the journal. `key` is the operator's Ed25519 key; without one, seals are not signed. */
export function createSeals(database: Database, key?: KeyObject) {
  const lastSeal = async (): Promise<Seal | undefined> =>
    await database.selectFrom('seals').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst()

  const firstAfter = async (number: number): Promise<Seal | undefined> =>
    await database
      .selectFrom('seals')
      .selectAll()
      .where('number', '>', number)
      .orderBy('number')
      .limit(1)
      .executeTakeFirst()

  const eventsIn = async (after: number | undefined, upTo: number, limit = eventsMax): Promise<EventRow[]> => {
    let query = database.selectFrom('events').selectAll().where('seq', '<=', upTo).orderBy('seq').limit(limit)
    if (after !== undefined) query = query.where('seq', '>', after)
    return await query.execute()
  }

  /** False where there is nothing to seal, or another process has written this seal. */
  const sealNext = async (horizon: number): Promise<boolean> => {
    const previous = await lastSeal()
    const events = await eventsIn(previous?.last_seq, horizon, sealedMax)
    if (events.length === 0) return false
    const content = {
      number: (previous?.number ?? 0) + 1,
      at: Date.now(),
      ...contentOf(events),
      previous_hash: previous?.hash ?? null,
    }
    const hash = hashSeal(content)
    const signature = key === undefined ? null : sign(null, Buffer.from(hash), key).toString('base64')
    const [result] = await database
      .insertInto('seals')
      .values({ ...content, hash, signature, events_removed_at: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return result?.numInsertedOrUpdatedRows === 1n
  }

  return {
    /**
     * Seals the events that are not sealed yet; how many seals it wrote. Processes that do so at once do no harm: of each
     * number one seal is kept. After each seal it waits for `mayGoOn`, and stops where that says so.
     */
    async seal(mayGoOn = async () => true): Promise<number> {
      const horizon = await safeHorizon(database)
      if (horizon === undefined) return 0
      let written = 0
      while (await sealNext(horizon)) {
        written += 1
        if (!(await mayGoOn())) break
      }
      return written
    },

    /**
     * Removes events under seals older than this time, in milliseconds since 1970, oldest first, and keeps the seals; how
     * many, 0 once none is left.
     */
    async removeBefore(time: number): Promise<number> {
      const old = await database
        .selectFrom('seals')
        .select(['number', 'last_seq'])
        .where('at', '<', time)
        .where('events_removed_at', 'is', null)
        .orderBy('number')
        .limit(sealsPerRemoval)
        .execute()
      const newest = old.at(-1)
      if (!newest) return 0
      return await database.transaction().execute(async (transaction) => {
        const removed = await transaction
          .deleteFrom('events')
          .where('seq', '<=', newest.last_seq)
          .executeTakeFirstOrThrow()
        await transaction
          .updateTable('seals')
          .set({ events_removed_at: Date.now() })
          .where('number', '<=', newest.number)
          .where('events_removed_at', 'is', null)
          .execute()
        return Number(removed.numDeletedRows)
      })
    },

    /** Every seal in order, with the events that stand in its range now; at the end those that are not sealed yet. */
    async *sealed(): AsyncGenerator<{ seal: Seal | undefined; events: EventRow[] }> {
      let after: number | undefined
      for (let number = 0; ;) {
        const seal = await firstAfter(number)
        if (!seal) break
        // More than were sealed, so that one that was slipped in is seen.
        const events = await eventsIn(after, seal.last_seq, eventsMax * 2)
        // Retention may have removed them since the seal was read.
        yield { seal: events.length < seal.count ? await firstAfter(number) : seal, events }
        after = seal.last_seq
        number = seal.number
      }
      for (;;) {
        const events = await eventsIn(after, Number.MAX_SAFE_INTEGER)
        if (events.length === 0) return
        yield { seal: undefined, events }
        after = events.at(-1)?.seq
      }
    },
  }
}
