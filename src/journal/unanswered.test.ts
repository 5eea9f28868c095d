import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestJournal } from '../../test/support/journal.ts'
import { databases } from '../../test/support/new-database.ts'
import type { Position } from '../lib/cursor.ts'
import type { EventFilter } from './events.ts'
import { listUnanswered } from './unanswered.ts'

const hourMs = 3_600_000
const now = 1_800_000_000_000

describe.each(databases)('the changes without an answer, on %s', (database) => {
  let opened: Awaited<ReturnType<typeof openTestJournal>>
  beforeAll(async () => {
    opened = await openTestJournal(database)
    // Five hours apart over nine days; two at each time, of which one has an answer.
    for (let hours = 0; hours <= 9 * 24; hours += 5) {
      const start = {
        at: now - hours * hourMs,
        mode: 'sandbox',
        actor: 'api_key',
        type: 'coupon.create.started',
      } as const
      for (const id of [`open_${hours}`, `done_${hours}`]) {
        await opened.database
          .insertInto('events')
          .values({ ...start, id: `evt_${id}`, change_id: id })
          .execute()
      }
      const end = { ...start, type: 'coupon.create.ended', id: `evt_end_${hours}`, outcome: 'applied' as const }
      await opened.database
        .insertInto('events')
        .values({ ...end, change_id: `done_${hours}` })
        .execute()
    }
  })
  afterAll(() => opened.close())

  const list = async (filter: EventFilter, limit: number, after?: Position) =>
    await listUnanswered(opened.database, filter, limit, after, now)
  const upTo = (hoursMax: number) =>
    Array.from({ length: Math.floor(hoursMax / 5) + 1 }, (_, index) => `open_${index * 5}`)

  test('are those of the last seven days, or since a later time, newest first', async () => {
    expect((await list({}, 100)).map(({ id }) => id)).toEqual(upTo(7 * 24))
    expect((await list({ since: now - 10 * hourMs }, 100)).map(({ id }) => id)).toEqual(upTo(10))
    expect(await list({ since: now + 1 }, 100)).toEqual([])
  })

  test('come page by page, each once', async () => {
    const seen: string[] = []
    for (let page = await list({}, 4); page.length > 0; page = await list({}, 4, page.at(-1))) {
      seen.push(...page.map(({ id }) => id))
    }
    expect(seen).toEqual(upTo(7 * 24))
  })

  test('are not looked for further back', async () => {
    await expect(list({ since: now - 8 * 24 * hourMs }, 100)).rejects.toMatchObject({ param: 'since' })
  })
})
