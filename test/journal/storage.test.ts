import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import type { ConnectedAccount } from '../../src/accounts/accounts.ts'
import { createChanges } from '../../src/journal/changes.ts'
import { createSeals } from '../../src/journal/sealing.ts'
import { newId } from '../../src/lib/ids.ts'
import { openTestJournal } from '../support/journal.ts'

const creates = 10_000
const atOnce = 500

test('a plain create costs less than 1,000 bytes of the file: start, end, indexes and seals', async () => {
  const opened = await openTestJournal('sqlite')
  onTestFinished(() => opened.close())
  const { database, journal } = opened
  const bytes = async () => {
    const { rows } = await sql<{ bytes: number }>`
      select page_count * page_size as bytes from pragma_page_count, pragma_page_size`.execute(database)
    return rows[0]?.bytes ?? 0
  }
  const changes = createChanges(journal)
  const account = { id: 'acct_1NxW2aB3cD4eF5gH', agencyId: newId('ag') } as ConnectedAccount
  const keyId = newId('key')
  const fields = { name: 'Summer Sale', percent_off: 25, duration: 'once' }
  const create = (index: number) =>
    changes.record(
      account,
      {
        actor: 'api_key',
        keyId,
        requestId: newId('req'),
        address: '203.0.113.77',
        idempotencyKey: crypto.randomUUID(),
        keySource: 'caller',
      },
      { operation: 'coupon.create', objectId: null, terms: fields, fields },
      async () => ({
        value: { id: `AbCdE${index}` },
        requestId: 'req_0123456789abcd',
        replayed: false,
        hasAmbiguousAttempt: false,
      }),
    )

  const before = await bytes()
  for (let first = 0; first < creates; first += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, index) => create(first + index)))
    await journal.flush()
  }
  await createSeals(database).seal()
  expect(((await bytes()) - before) / creates).toBeLessThan(1_000)
})
