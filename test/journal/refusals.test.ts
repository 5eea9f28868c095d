import { expect, onTestFinished, test } from 'vitest'
import { createSample } from '../../src/journal/refusals.ts'
import { startTestServer } from '../support/server.ts'

test('a flood of refusals leaves twenty events and then one a second, which says how many were left out', () => {
  let now = 0
  const sample = createSample(() => now)
  const flood = (count: number, agencyId = 'ag_1') => Array.from({ length: count }, () => sample(agencyId))
  expect(flood(1_000).filter((skipped) => skipped !== undefined)).toHaveLength(20)
  now += 1_000
  expect(flood(1_000).filter((skipped) => skipped !== undefined)).toEqual([980])
  now += 5_000
  expect(flood(6)).toEqual([999, 0, 0, 0, 0, undefined])
  expect(flood(2, 'ag_2')).toEqual([0, 0])
})

test('a refusal is answered while the journal takes nothing, and is written once it does', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.close())
  const rename = (from: string, to: string) => server.database.schema.alterTable(from).renameTo(to).execute()
  await rename('events', 'away')
  const answer = await server.call(server.coupons, { method: 'POST', body: { data: {} } })
  expect(answer.status).toBe(400)
  await expect.poll(() => server.logged.some((line) => line.includes('could not be written'))).toBe(true)
  await rename('away', 'events')
  await server.journal.flush()
  const rows = await server.database.selectFrom('events').select(['type', 'request_id']).execute()
  expect(rows).toEqual([{ type: 'request.refused', request_id: answer.headers.get('request-id') }])
})
