import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { createAgencies } from '../agencies/agencies.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { createAccounts } from './accounts.ts'

const folder = mkdtempSync(join(tmpdir(), 'chatdash-test-'))
const opened: Database[] = []
let database: Database
let accounts: ReturnType<typeof createAccounts>
let agencyId: string
let strangerId: string

beforeEach(async () => {
  database = openDatabase(join(folder, `${opened.length}.db`))
  opened.push(database)
  await migrate(database)
  accounts = createAccounts(database, 'sandbox')
  agencyId = (await createAgencies(database).createAgency('Acme')).id
  strangerId = (await createAgencies(database).createAgency('Other')).id
})
afterAll(async () => {
  for (const one of opened) await one.destroy()
  rmSync(folder, { recursive: true })
})

/** Connects each account at its time. */
async function connectAt(times: Record<string, number>, owner = agencyId): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'] })
  for (const [id, time] of Object.entries(times)) {
    vi.setSystemTime(time)
    expect(await accounts.connect(owner, id)).toBe(true)
  }
  vi.useRealTimers()
}

test('an account belongs to the one agency that connected it, until it is taken away', async () => {
  expect(await accounts.connect(agencyId, 'acct_1')).toBe(true)
  expect(await accounts.connect(strangerId, 'acct_1')).toBe(false)
  expect(await accounts.connect(agencyId, 'acct_1')).toBe(false)
  expect(await accounts.findAccount('acct_1')).toMatchObject({ id: 'acct_1', agencyId })
  expect(await accounts.disconnect('acct_1')).toBe(true)
  expect(await accounts.disconnect('acct_1')).toBe(false)
  expect(await accounts.findAccount('acct_1')).toBe(undefined)
  expect(await accounts.connect(strangerId, 'acct_1')).toBe(true)
})

test('only its agency gets the proof of an account, and everybody else the same refusal', async () => {
  await accounts.connect(agencyId, 'acct_1')
  expect(await accounts.requireAccount(agencyId, 'acct_1')).toMatchObject({ id: 'acct_1', agencyId })
  const refusals = await Promise.all(
    [
      [strangerId, 'acct_1'],
      [agencyId, 'acct_2'],
      [agencyId, 'no account at all'],
    ].map(([agency = '', id = '']) => accounts.requireAccount(agency, id).catch((error: unknown) => error)),
  )
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ code: 'account_not_found', param: 'accountId', outcome: 'not_applied' })
    expect(refusal).toHaveProperty('message', 'Your agency has no connected account with this id.')
  }
})

test('what is no account’s id is refused without a look-up, and a look-up that fails says so', async () => {
  await database.schema.alterTable('accounts').renameTo('away').execute()
  await expect(accounts.requireAccount(agencyId, 'nope')).rejects.toMatchObject({ code: 'account_not_found' })
  await expect(accounts.requireAccount(agencyId, 'acct_1')).rejects.toMatchObject({ code: 'unavailable' })
  await expect(accounts.listOwn(agencyId, 10, undefined)).rejects.toMatchObject({ code: 'unavailable' })
})

test('an agency’s own accounts come oldest first, by id within a moment, in pages', async () => {
  await connectAt({ acct_c: 1_000, acct_b: 2_000, acct_a: 2_000, acct_0: 3_000 })
  await connectAt({ acct_s: 1_500 }, strangerId)
  const list = async (limit: number, after?: { id: string; at: number }) =>
    (await accounts.listOwn(agencyId, limit, after)).map(({ account, connectedAt }) => [account.id, connectedAt])
  expect(await list(10)).toEqual([
    ['acct_c', 1_000],
    ['acct_a', 2_000],
    ['acct_b', 2_000],
    ['acct_0', 3_000],
  ])
  expect(await list(2)).toHaveLength(2)
  expect(await list(10, { id: 'acct_a', at: 2_000 })).toEqual([
    ['acct_b', 2_000],
    ['acct_0', 3_000],
  ])
  const [first] = await accounts.listOwn(agencyId, 1, undefined)
  expect(first?.account.agencyId).toBe(agencyId)
})

test('of an agency’s own accounts a limited key sees those that it is limited to', async () => {
  await connectAt({ acct_1: 1_000, acct_2: 2_000, acct_3: 3_000 })
  await connectAt({ acct_s: 1_500 }, strangerId)
  const listed = await accounts.listOwn(agencyId, 10, undefined, ['acct_3', 'acct_1', 'acct_s'])
  expect(listed.map(({ account }) => account.id)).toEqual(['acct_1', 'acct_3'])
  expect(await accounts.requireAccount(agencyId, 'acct_1', ['acct_1'])).toMatchObject({ id: 'acct_1' })
  const beyond = accounts.requireAccount(agencyId, 'acct_2', ['acct_1'])
  await expect(beyond).rejects.toMatchObject({ code: 'account_not_found' })
})

test('an operator sees the accounts of one agency or of all, oldest first', async () => {
  await connectAt({ acct_2: 2_000, acct_1: 1_000 })
  await connectAt({ acct_s: 1_500 }, strangerId)
  const ids = async (owner?: string) => (await accounts.listAccounts(owner)).map(({ id }) => id)
  expect(await ids()).toEqual(['acct_1', 'acct_s', 'acct_2'])
  expect(await ids(agencyId)).toEqual(['acct_1', 'acct_2'])
})
