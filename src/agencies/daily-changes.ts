import type { Database } from '../database/database.ts'
import { Refusal, refuseUnavailable } from '../lib/refusal.ts'
import type { Caller } from './authenticate.ts'

export type DailyChanges = ReturnType<typeof createDailyChanges>

/**
 * The changes that each limited key makes in a day of UTC, counted in the database and so over all processes. The keys that it makes, and
 * those that replace it, share its count.
 */
export function createDailyChanges(database: Database) {
  /** Counts so many more where they fit; false where they do not. */
  const take = async (keyId: string, day: string, units: number, max: number): Promise<boolean> => {
    if (units > max) return false
    const { numInsertedOrUpdatedRows: rows } = await database
      .insertInto('daily_changes')
      .values({ key_id: keyId, day, count: units })
      .onConflict((conflict) =>
        conflict
          .columns(['key_id', 'day'])
          .doUpdateSet((set) => ({ count: set('daily_changes.count', '+', units) }))
          .where('daily_changes.count', '<=', max - units),
      )
      .executeTakeFirstOrThrow()
    return rows === 1n
  }

  const giveBack = async (keyId: string, day: string, units: number): Promise<void> => {
    const counted = database.updateTable('daily_changes').where('key_id', '=', keyId).where('day', '=', day)
    // A unit that is lost makes the limit tighter, never wider.
    await counted
      .set((set) => ({ count: set('count', '-', units) }))
      .execute()
      .catch(() => {})
  }

  return {
    /**
     * Makes a change that counts for so many units of the key's day; one that was refused or surely made before counts for none.
     * @throws Refusal `not_allowed` where the day has too few units left, and the change is not begun
     */
    async count<T extends { replayed: boolean; hasAmbiguousAttempt?: boolean }>(
      caller: Caller,
      change: () => Promise<T>,
      units = 1,
    ): Promise<T> {
      const { keyId, bounds } = caller
      const { changesPerDay: max, countedWith: counter = keyId } = bounds
      if (max === undefined) return await change()
      const day = new Date().toISOString().slice(0, 10)
      if (!(await take(counter, day, units, max).catch(refuseUnavailable))) {
        throw new Refusal(
          'not_allowed',
          `This API key may make ${max} changes a day. The next day begins at 00:00 UTC.`,
          { limit: 'daily_changes' },
        )
      }
      try {
        const result = await change()
        // What is repeated after an ambiguous attempt may be that attempt's own change.
        if (result.replayed && !result.hasAmbiguousAttempt) await giveBack(counter, day, units)
        return result
      } catch (error) {
        if (error instanceof Refusal && error.outcome === 'not_applied') await giveBack(counter, day, units)
        throw error
      }
    },
  }
}
