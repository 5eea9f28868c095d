import { describe, expect, test } from 'vitest'
import { createBulkWork } from '../../src/bulk-codes/work.ts'
import { openBulk } from '../support/bulk-stripe.ts'
import { databases } from '../support/server.ts'

describe.each(databases)('codes that an earlier turn has begun, on %s', (database) => {
  test('come job by job, the oldest first, and share the terms of their job', async () => {
    const { server, accepted } = await openBulk(database)
    const first = await accepted({ codes: ['ONE', 'TWO', 'THREE'], metadata: { large: 'x'.repeat(500) } })
    const second = await accepted({ codes: ['FOUR', 'FIVE'] })
    const codes = server.database.updateTable('bulk_codes').set({ attempts: 1 })
    await codes.where('code', '!=', 'TWO').execute()
    const task = { group: server.agencyId, accountId: server.accountId, lease: '' }
    const begun = await createBulkWork(server.database, 'sandbox').begunBefore(task)
    expect(begun.map(({ job, code }) => [job.id, code])).toEqual([
      [first.id, 'ONE'],
      [first.id, 'THREE'],
      [second.id, 'FOUR'],
      [second.id, 'FIVE'],
    ])
    expect(new Set(begun.map(({ job }) => job.terms)).size).toBe(2)
  })
})
