import { randomUUID } from 'node:crypto'
import type { Database } from '../database/database.ts'
import type { Clock } from '../lib/clock.ts'

/** An exclusive right to process something. The epoch grows at every take-over and fences off earlier holders. */
export type Lease = { readonly name: string; readonly epoch: number }

/** Thrown when another process has taken the lease over, so that the earlier holder's write is rolled back. */
export class LeaseLost extends Error {}

export type Leases = ReturnType<typeof createLeases>

/** A holder that does not renew its lease for this long, by the observer's monotonic clock, is considered dead. */
const leaseMs = 5_000

type Seen = { epoch: number; renewals: number; since: number; isStale: boolean }

/**
 * Leases in the database, without any wall clock: a process may take a lease whose record version (epoch and renewals) it has
 * seen unchanged for the lease time by its own monotonic clock. This is the scheme of DynamoDB's lock client.
 */
export function createLeases(database: Database, { now }: Pick<Clock, 'now'>) {
  const holder = randomUUID()
  let seen = new Map<string, Seen>()

  const renew = async (on: Database, { name, epoch }: Lease): Promise<void> => {
    const result = await on
      .updateTable('leases')
      .set(({ eb }) => ({ renewals: eb('renewals', '+', 1) }))
      .where('name', '=', name)
      .where('epoch', '=', epoch)
      .where('holder', '=', holder)
      .executeTakeFirstOrThrow()
    if (result.numUpdatedRows !== 1n) throw new LeaseLost(`The lease ${name} was lost.`)
  }

  /** A lease that nobody holds: a new name, or one that was released. */
  const takeFree = async (name: string) =>
    await database
      .insertInto('leases')
      .values({ name, epoch: 1, holder, renewals: 0 })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet(({ eb }) => ({ epoch: eb('leases.epoch', '+', 1), holder, renewals: 0 }))
          .where('leases.holder', 'is', null),
      )
      .returning('epoch')
      .executeTakeFirst()

  const takeStale = async (name: string, { epoch, renewals }: Seen) =>
    await database
      .updateTable('leases')
      .set({ epoch: epoch + 1, holder, renewals: 0 })
      .where('name', '=', name)
      .where('epoch', '=', epoch)
      .where('renewals', '=', renewals)
      .where('holder', 'is not', null)
      .returning('epoch')
      .executeTakeFirst()

  return {
    /** Records which leases are held; comparing two observations shows which of them were not renewed. */
    async observe(): Promise<void> {
      const askedAt = now()
      const held = database.selectFrom('leases').select(['name', 'epoch', 'renewals']).where('holder', 'is not', null)
      const rows = await held.execute()
      const answeredAt = now()
      const next = new Map<string, Seen>()
      for (const { name, epoch, renewals } of rows) {
        const before = seen.get(name)
        const isSame = before?.epoch === epoch && before.renewals === renewals
        const since = isSame ? before.since : answeredAt
        next.set(name, { epoch, renewals, since, isStale: askedAt - since >= leaseMs })
      }
      seen = next
    },

    /** Whether the last observation allows this process to take the lease. */
    isFree(name: string): boolean {
      return seen.get(name)?.isStale ?? true
    },

    /** Takes the lease; undefined if it is held, or another process was faster. */
    async take(name: string): Promise<Lease | undefined> {
      const held = seen.get(name)
      if (held && !held.isStale) return undefined
      const taken = held ? await takeStale(name, held) : await takeFree(name)
      return taken && { name, epoch: taken.epoch }
    },

    /** @throws LeaseLost */
    async renew(lease: Lease): Promise<void> {
      await renew(database, lease)
    },

    /**
     * Runs a transaction that commits only while the lease is held: it begins with a renewal, which locks the lease's row
     * against a take-over until the commit.
     * @throws LeaseLost
     */
    async write<T>(lease: Lease, work: (transaction: Database) => Promise<T>): Promise<T> {
      return await database.transaction().execute(async (transaction) => {
        await renew(transaction, lease)
        return await work(transaction)
      })
    },

    /** Releases the lease, so that any process may take it at once. */
    async release({ name, epoch }: Lease): Promise<void> {
      await database
        .updateTable('leases')
        .set({ holder: null })
        .where('name', '=', name)
        .where('epoch', '=', epoch)
        .where('holder', '=', holder)
        .execute()
    },
  }
}
