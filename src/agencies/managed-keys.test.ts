import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTestJournal } from '../../test/support/journal.ts'
import type { Position } from '../lib/cursor.ts'
import { createAgencies } from './agencies.ts'
import { createApiKeys } from './api-keys.ts'
import { defaultBounds } from './bounds.ts'
import type { ApiKey } from './key-rows.ts'
import { createManagedKeys } from './managed-keys.ts'

let opened: Awaited<ReturnType<typeof openTestJournal>>
beforeAll(async () => {
  opened = await openTestJournal('sqlite')
})
afterAll(() => opened.close())

const narrow = { scopes: ['coupons:read' as const] }

/** Keys of a new agency: the first lists, and sees of the others those that are narrow, as `seen` says of each, oldest first. */
async function open(seen: boolean[]) {
  const { database } = opened
  const { id: agencyId } = await createAgencies(database).createAgency('Acme')
  const keys = createApiKeys(database, 'sandbox')
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000 })
  const own = await keys.createKey(agencyId, 'own', { bounds: narrow })
  const others: ApiKey[] = []
  for (const isSeen of seen) {
    vi.setSystemTime(Date.now() + 1_000)
    others.push(await keys.createKey(agencyId, 'other', { bounds: isSeen ? narrow : defaultBounds }))
  }
  vi.useRealTimers()
  const all = [own, ...others]
  const nameOf = (id: string) => all.findIndex((key) => key.id === id)
  /** The first page with a budget for so many further reads: the keys by their number, and what was spent. */
  const list = async (limit: number, budget = 0, after?: Position) => {
    let spent = 0
    const page = await createManagedKeys(database, 'sandbox').list(own, limit, after, async (units) => {
      if (spent + units > budget) return 0
      spent += units
      return units
    })
    const shown = page.keys.map(({ id }) => nameOf(id))
    return { shown, hasMore: page.hasMore, last: page.last && nameOf(page.last.id), position: page.last, spent }
  }
  return { list, own }
}

test('a page has as many keys as were asked for, newest first, and the next begins after the last of them', async () => {
  const { list } = await open([true, true, true])
  const page = await list(2)
  expect(page).toMatchObject({ shown: [3, 2], hasMore: true, last: 2, spent: 0 })
  expect(await list(2, 0, page.position)).toMatchObject({ shown: [1, 0], hasMore: false, last: undefined, spent: 0 })
})

test('the last page costs no further read, also where it is full', async () => {
  const { list } = await open([true])
  expect(await list(2, 9)).toMatchObject({ shown: [1, 0], hasMore: false, spent: 0 })
  expect(await list(3, 9)).toMatchObject({ shown: [1, 0], hasMore: false, spent: 0 })
})

test('keys that are not shown are passed with further reads, each behind the one before', async () => {
  const { list } = await open([true, false, false, false])
  expect(await list(2, 9)).toMatchObject({ shown: [1, 0], hasMore: false, spent: 1 })
})

test('where no further read is granted, the next page begins after the last key that was passed', async () => {
  const { list } = await open([true, false, false, false])
  const page = await list(2)
  expect(page).toMatchObject({ shown: [], hasMore: true, last: 2, spent: 0 })
  expect(await list(2, 0, page.position)).toMatchObject({ shown: [1, 0], hasMore: false })
})

test('one request reads five pages at most, whatever its budget, and others run between them', async () => {
  const { list } = await open([true, ...Array.from({ length: 12 }, () => false)])
  let turns = 0
  let isOver = false
  setImmediate(function count() {
    turns += 1
    if (!isOver) setImmediate(count)
  })
  const page = await list(1, 99)
  isOver = true
  expect(page).toMatchObject({ shown: [], hasMore: true, last: 4, spent: 4 })
  expect(turns).toBeGreaterThanOrEqual(4)
  expect(await list(1, 99, page.position)).toMatchObject({ shown: [1], hasMore: true, last: 1, spent: 1 })
})

test('others run between the pages of an agency, however many lists it asks for at once', async () => {
  const { own } = await open([false, false, false, false])
  let queries = 0
  let most = 0
  let isOver = false
  setImmediate(function next() {
    most = Math.max(most, queries)
    queries = 0
    if (!isOver) setImmediate(next)
  })
  const counted = opened.database.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      queries += 1
      return result
    },
  })
  const keys = createManagedKeys(counted, 'sandbox')
  await Promise.all(Array.from({ length: 5 }, () => keys.list(own, 1, undefined, async () => 1)))
  isOver = true
  expect(most).toBe(1)
})
