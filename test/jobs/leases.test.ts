import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { type Lease, LeaseLost } from '../../src/jobs/leases.ts'
import { openLeases } from '../support/leases.ts'
import { databases } from '../support/new-database.ts'

const taken = (lease: Lease | undefined): Lease => {
  if (!lease) throw new Error('The lease was not taken.')
  return lease
}
/** A write that can be seen. */
const addAgency = (id: string) => async (transaction: Database) => {
  await transaction.insertInto('agencies').values({ id, name: 'A', created_at: 1 }).execute()
}

describe.each(databases)('a lease, on %s', (kind) => {
  const open = async () => {
    const { database, openProcess } = await openLeases(kind)
    const [a, b] = [openProcess(), openProcess()]
    const agencies = async () => (await database.selectFrom('agencies').select('id').execute()).map(({ id }) => id)
    return { a, b, openProcess, agencies }
  }

  test('is given to one process only, and to the other once it is released', async () => {
    const { a, b } = await open()
    const first = taken(await a.take('x'))
    await b.observe()
    expect(b.isFree('x')).toBe(false)
    expect(await b.take('x')).toBe(undefined)
    await a.release(first)
    await b.observe()
    expect(b.isFree('x')).toBe(true)
    expect(taken(await b.take('x')).epoch).toBe(first.epoch + 1)
  })

  test('is given to one of many that take it at once', async () => {
    const { openProcess } = await open()
    const leases = await Promise.all(Array.from({ length: 8 }, () => openProcess().take('x')))
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1)
  })

  test('goes to one of those who have seen it unchanged for five seconds', async () => {
    const { a, b, openProcess } = await open()
    await a.take('x')
    const candidates = [b, openProcess()]
    for (const candidate of candidates) {
      await candidate.observe()
      candidate.clock.advance(4_999)
      await candidate.observe()
      expect(candidate.isFree('x')).toBe(false)
      candidate.clock.advance(1)
      await candidate.observe()
      expect(candidate.isFree('x')).toBe(true)
    }
    const leases = await Promise.all(candidates.map((candidate) => candidate.take('x')))
    expect(leases.filter((lease) => lease !== undefined)).toMatchObject([{ epoch: 2 }])
  })

  test('stays with a holder that renews it', async () => {
    const { a, b } = await open()
    const lease = taken(await a.take('x'))
    for (let time = 0; time < 5; time += 1) {
      await b.observe()
      expect(b.isFree('x')).toBe(false)
      b.clock.advance(4_000)
      await a.renew(lease)
    }
  })

  test('is not taken over where its holder has renewed it since it was looked at', async () => {
    const { a, b } = await open()
    const lease = taken(await a.take('x'))
    await b.observe()
    b.clock.advance(5_000)
    await b.observe()
    await a.renew(lease)
    expect(await b.take('x')).toBe(undefined)
    await a.renew(lease)
  })

  test.each([-3_600_000, 3_600_000])('does not care for a wall clock that is set by %i ms', async (ms) => {
    const { a, b } = await open()
    const lease = taken(await a.take('x'))
    await b.observe()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })
    onTestFinished(() => void vi.useRealTimers())
    await b.observe()
    expect(b.isFree('x')).toBe(false)
    await a.renew(lease)
    await b.observe()
    b.clock.advance(5_000)
    await b.observe()
    expect(taken(await b.take('x')).epoch).toBe(lease.epoch + 1)
  })

  test('lets its holder write, and nobody who has lost it', async () => {
    const { a, b, agencies } = await open()
    const lease = taken(await a.take('x'))
    await a.write(lease, addAgency('held'))
    await b.observe()
    b.clock.advance(5_000)
    await b.observe()
    const newer = taken(await b.take('x'))
    await expect(a.write(lease, addAgency('lost'))).rejects.toThrow(LeaseLost)
    await expect(a.renew(lease)).rejects.toThrow(new LeaseLost('The lease x was lost.'))
    await a.release(lease)
    await b.write(newer, addAgency('taken-over'))
    expect((await agencies()).toSorted()).toEqual(['held', 'taken-over'])
  })

  test('lets nobody write who has released it', async () => {
    const { a, agencies } = await open()
    const lease = taken(await a.take('x'))
    await a.release(lease)
    await expect(a.write(lease, addAgency('released'))).rejects.toThrow(LeaseLost)
    expect(await agencies()).toEqual([])
  })

  test('takes back what was written in a transaction that failed', async () => {
    const { a, agencies } = await open()
    const lease = taken(await a.take('x'))
    const failing = async (transaction: Database) => {
      await addAgency('half')(transaction)
      throw new Error('Failed.')
    }
    await expect(a.write(lease, failing)).rejects.toThrow('Failed.')
    expect(await agencies()).toEqual([])
  })
})
