import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTestJournal } from '../../test/support/journal.ts'
import { createAgencies } from './agencies.ts'
import { createApiKeys } from './api-keys.ts'
import { type Bounds, defaultBounds } from './bounds.ts'
import { byAgency } from './freezes.ts'
import { isFrozenByOperator } from './key-changes.ts'
import type { ApiKey } from './key-rows.ts'

const now = Date.parse('2026-02-28T12:00:00Z')
const hour = 3_600_000

let opened: Awaited<ReturnType<typeof openTestJournal>>
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now })
  opened = await openTestJournal('sqlite')
})
afterAll(async () => {
  vi.useRealTimers()
  await opened.close()
})

/** A key of an agency of its own, and what the journal has of it. */
const open = async (limits: { expiresAt?: number; bounds?: Bounds } = {}) => {
  const { database } = opened
  const keys = createApiKeys(database, 'sandbox')
  const { id: agencyId } = await createAgencies(database).createAgency('Acme')
  const key = await keys.createKey(agencyId, 'n8n', limits)
  const events = async () => {
    const rows = await database
      .selectFrom('events')
      .selectAll()
      .where('agency_id', '=', agencyId)
      .orderBy('seq')
      .execute()
    return rows.map(({ type, object_id, terms }) => [type, object_id, terms === null ? null : JSON.parse(terms)])
  }
  return { keys, key, events }
}

test('a key is rotated into one with its limits, and the journal says from which into which, and until when both work', async () => {
  const { keys, key, events } = await open({ bounds: { ...defaultBounds, maxPercent: 20 } })
  const next = await keys.rotateKey(key.id, hour)
  expect(next).toMatchObject({ name: 'n8n', mode: null, bounds: key.bounds, expiresAt: null })
  expect(next?.bounds).not.toHaveProperty('countedWith')
  expect(await keys.findById(key.id)).toMatchObject({ expiresAt: now + hour })
  expect(await events()).toEqual([
    ['api_key.created', key.id, { name: 'n8n', bounds: key.bounds, expiresAt: null }],
    ['api_key.created', next?.id, { name: 'n8n', bounds: key.bounds, expiresAt: null }],
    ['api_key.rotated', key.id, { to: next?.id, expiresAt: now + hour }],
  ])
})

test('a rotated key shares the count of the first one of its line', async () => {
  const { keys, key } = await open({ bounds: { ...defaultBounds, changesPerDay: 5 } })
  const second = await keys.rotateKey(key.id, hour)
  const third = await keys.rotateKey(second?.id ?? '', hour)
  expect(third?.bounds).toEqual({ ...key.bounds, countedWith: key.id })
})

test('a rotated key lives as long as its predecessor was to, which expires no later than before', async () => {
  const { keys, key } = await open({ expiresAt: now + 3 * hour })
  vi.setSystemTime(now + hour)
  const next = await keys.rotateKey(key.id, 24 * hour)
  vi.setSystemTime(now)
  expect(next?.expiresAt).toBe(now + 4 * hour)
  expect(await keys.findById(key.id)).toMatchObject({ expiresAt: now + 3 * hour })
})

test.each([
  ['never ends', undefined, null],
  ['was to end later', now + 30 * 24 * hour, now + 30 * 24 * hour],
])(
  'a key that %s is rotated again into one of its whole life, because the first one’s secret may be lost',
  async (_, expiresAt, expected) => {
    const { keys, key } = await open(expiresAt === undefined ? {} : { expiresAt })
    const first = await keys.rotateKey(key.id, hour)
    const second = await keys.rotateKey(key.id, hour)
    expect([first?.expiresAt, second?.expiresAt]).toEqual([expected, expected])
    expect(second?.bounds).toEqual(key.bounds)
  },
)

test('a key that a rotated one makes has no longer life than it', async () => {
  const { keys, key } = await open()
  await keys.rotateKey(key.id, hour)
  const own = await keys.findById(key.id)
  const made = await keys.createKey(key.agencyId, 'made', { expiresAt: now + hour, bounds: own?.bounds ?? key.bounds })
  expect((await keys.rotateKey(made.id, hour))?.expiresAt).toBe(now + hour)
})

test('a key whose end was set anew after a rotation is rotated into one of that life', async () => {
  const { keys, key } = await open()
  await keys.rotateKey(key.id, hour)
  await keys.updateKey(key.id, ({ bounds }) => ({ bounds, expiresAt: now + 2 * hour }))
  expect((await keys.rotateKey(key.id, hour))?.expiresAt).toBe(now + 2 * hour)
})

test('a key that has ended is not rotated', async () => {
  const { keys, key } = await open()
  await keys.revokeKey(key.id)
  expect(await keys.rotateKey(key.id, hour)).toBe(undefined)
})

test('a change of limits is in the journal, and leaves the name', async () => {
  const { keys, key, events } = await open()
  await keys.updateKey(key.id, ({ bounds }) => ({ bounds: { ...bounds, maxPercent: 20 }, expiresAt: now + hour }))
  const bounds = { ...key.bounds, maxPercent: 20 }
  expect(await keys.findById(key.id)).toMatchObject({ name: 'n8n', bounds, expiresAt: now + hour })
  expect((await events()).at(-1)).toEqual(['api_key.changed', key.id, { bounds, expiresAt: now + hour }])
})

test('only the operator’s freeze of a key, its agency or the platform is the operator’s', () => {
  const isFrozen = (frozenBy: string | null) => isFrozenByOperator({ frozenBy } as ApiKey)
  expect([null, byAgency, 'key_1', 'ag_1', 'platform'].map(isFrozen)).toEqual([false, false, true, true, true])
})
