import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { readBounds } from '../../src/cli/bounds.ts'
import { UsageError } from '../../src/cli/command.ts'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { runHere } from '../support/command.ts'
import { newFolder } from '../support/process.ts'

/** An agency in a database that both the test and the commands open. */
async function open() {
  const folder = newFolder()
  const database = openDatabase(join(folder, 'chatdash.db'))
  onTestFinished(() => database.destroy())
  await migrate(database)
  const { id: agency } = await createAgencies(database).createAgency('Acme')
  const keys = createApiKeys(database, 'sandbox')
  const chatdash = (...args: string[]) => runHere(args, { DATA_DIR: folder })
  const events = async () =>
    (await database.selectFrom('events').select(['type', 'actor']).orderBy('seq').execute()).map(
      ({ type, actor }) => `${actor} ${type}`,
    )
  return { database, agency, keys, chatdash, events }
}

const limits =
  '--scope coupons:read --scope coupons:write --account acct_1 --network 192.0.2.0/24 --max-percent 20 ' +
  '--max-amount usd=5000 --max-amount eur=4000 --max-months 12 --no-forever --changes-per-day 100 --guard 60s --expires 30d'

test('key create takes every limit, and key show shows each', async () => {
  const { agency, chatdash } = await open()
  const made = await chatdash('key', 'create', '--agency', agency, '--name', 'n8n', '--json', ...limits.split(' '))
  const { id, secret, created, expires_at } = JSON.parse(made.out)
  expect(Math.abs(expires_at - created - 30 * 86_400)).toBeLessThan(60)
  const shown = await chatdash('key', 'show', id, '--json')
  expect(shown.out).not.toContain(secret)
  expect(JSON.parse(shown.out)).toMatchObject({
    id,
    object: 'api_key',
    agency_id: agency,
    expires_at,
    scopes: ['coupons:read', 'coupons:write'],
    accounts: ['acct_1'],
    networks: ['192.0.2.0/24'],
    max_percent: 20,
    max_amounts: { usd: 5000, eur: 4000 },
    max_months: 12,
    no_forever: true,
    changes_per_day: 100,
    guard_seconds: 60,
  })
  const { out } = await chatdash('key', 'show', id)
  for (const line of [
    /^scopes +coupons:read, coupons:write$/m,
    /^accounts +acct_1$/m,
    /^networks +192\.0\.2\.0\/24$/m,
    /^max percent +20$/m,
    /^max amount +usd=5000, eur=4000$/m,
    /^max months +12$/m,
    /^forever +no$/m,
    /^changes a day +100$/m,
    /^guard +60s$/m,
    /^frozen by +nothing$/m,
  ]) {
    expect(out).toMatch(line)
  }
})

test('key update replaces the limits that are given, lifts those that are any, and leaves the others', async () => {
  const { agency, keys, chatdash, events } = await open()
  const bounds = { scopes: ['coupons:write' as const], maxPercent: 20, maxMonths: 12, accounts: ['acct_1'] }
  const { id } = await keys.createKey(agency, 'n8n', { bounds, expiresAt: 5_000_000_000_000 })
  const args = ['--max-percent', '30', '--account', 'any', '--expires', 'never']
  expect((await chatdash('key', 'update', id, ...args)).code).toBe(0)
  const key = await keys.findById(id)
  expect(key?.expiresAt).toBe(null)
  expect(key?.bounds).toEqual({ scopes: ['coupons:write'], maxPercent: 30, maxMonths: 12 })
  expect(await events()).toEqual(['operator api_key.created', 'operator api_key.changed'])
})

test('key rotate makes a key with the same limits, and the old one expires after the overlap', async () => {
  const { agency, keys, chatdash, events } = await open()
  const bounds = { scopes: ['coupons:write' as const], maxPercent: 20 }
  const old = await keys.createKey(agency, 'n8n', { bounds })
  const rotated = await chatdash('key', 'rotate', old.id, '--overlap', '24h', '--json')
  const made = JSON.parse(rotated.out)
  expect(made).toMatchObject({ name: 'n8n', scopes: bounds.scopes, max_percent: 20, expires_at: null })
  const { expiresAt } = (await keys.findWorking(old.id)) ?? {}
  expect(Math.abs(Number(expiresAt) / 1_000 - made.created - 86_400)).toBeLessThan(60)
  expect(await keys.findWorking(made.id)).toMatchObject({ bounds })
  expect(await events()).toEqual(['operator api_key.created', 'operator api_key.created', 'operator api_key.rotated'])
  await keys.revokeKey(old.id)
  expect((await chatdash('key', 'rotate', old.id, '--overlap', '24h')).err).toContain('does not work any more')
})

test('a key, an agency and the platform are frozen and unfrozen by command, and key show says by what', async () => {
  const { agency, keys, chatdash } = await open()
  const { id } = await keys.createKey(agency, 'n8n')
  const frozenBy = async () => JSON.parse((await chatdash('key', 'show', id, '--json')).out).frozen_by
  for (const [freeze, unfreeze, by] of [
    [['key', 'freeze', id], ['key', 'unfreeze', id], id],
    [['agency', 'freeze', agency], ['agency', 'unfreeze', agency], agency],
    [['freeze', '--all'], ['unfreeze', '--all'], 'platform'],
  ] as const) {
    expect((await chatdash(...freeze)).err).toContain('is now frozen')
    expect(await frozenBy()).toBe(by)
    expect((await chatdash(...unfreeze)).err).toContain('is now not frozen')
    expect(await frozenBy()).toBe(null)
  }
})

test('revoking a key is an event, once', async () => {
  const { agency, keys, chatdash, events } = await open()
  const { id } = await keys.createKey(agency, 'n8n')
  for (const _ of [1, 2]) expect((await chatdash('key', 'revoke', id)).code).toBe(0)
  expect(await events()).toEqual(['operator api_key.created', 'operator api_key.revoked'])
})

test('a network that is given twice is kept once', () => {
  const network = ['10.0.0.0/8', '192.0.2.1', '10.0.0.0/8']
  expect(readBounds({ network }).networks).toEqual(['10.0.0.0/8', '192.0.2.1'])
})

test.each([
  [{ scope: ['coupons'] }, /--scope takes one of accounts:read/],
  [{ account: ['cus_1'] }, /--account takes/],
  [{ network: ['10.0.0.0/40'] }, /--network takes/],
  [{ 'max-percent': '101' }, /--max-percent takes/],
  [{ 'max-amount': ['usd'] }, /--max-amount takes/],
  [{ 'max-amount': ['xyz=1'] }, /--max-amount takes/],
  [{ 'max-months': '0' }, /--max-months takes/],
  [{ 'changes-per-day': '1.5' }, /--changes-per-day takes/],
  [{ guard: '60' }, /--guard takes a duration such as 30d/],
  [{ guard: '2d' }, /--guard takes 24h at most/],
])('the limits %j are a usage error', (values, text) => {
  expect(() => readBounds(values)).toThrow(UsageError)
  expect(() => readBounds(values)).toThrow(text)
})

test.each([
  [['key', 'create', '--agency', 'ag_1', '--name', 'n8n', '--expires', '30'], 2, /--expires takes a duration/],
  [['key', 'update', 'key_1'], 2, /Say what is to change/],
  [['key', 'update', 'key_1', '--forever', '--no-forever'], 2, /not both/],
  [['key', 'update', 'key_nobody', '--max-months', '1'], 1, /no key key_nobody/],
  [['key', 'show'], 2, /Give the id/],
  [['key', 'rotate', 'key_1'], 2, /--overlap 24h/],
  [['key', 'freeze', 'key_nobody'], 1, /no key key_nobody/],
  [['undo', '--key', 'key_nobody', '--since', '7d'], 1, /no key key_nobody/],
  [['agency', 'unfreeze', 'ag_nobody'], 1, /no agency ag_nobody/],
  [['freeze'], 2, /--all/],
])('chatdash %j ends with %i and says what it is about', async (args, code, text) => {
  const result = await runHere(args, { DATA_DIR: newFolder() })
  expect(result.code).toBe(code)
  expect(result.err).toMatch(text)
})
