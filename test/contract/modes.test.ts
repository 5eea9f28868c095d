import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { adoptAccounts, hasWorkedWithStripe } from '../../src/accounts/modes.ts'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { hashApiKey } from '../../src/agencies/api-key.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { createJournal } from '../../src/journal/journal.ts'
import type { Mode } from '../../src/lib/mode.ts'
import { fillBeforeModes, oldAccount } from '../support/before-modes.ts'
import { type DatabaseKind, databases, newDatabase } from '../support/server.ts'
import { newFolder } from '../support/process.ts'

async function open(kind: DatabaseKind) {
  const { location, drop } = await newDatabase(kind, newFolder())
  const database = openDatabase(location)
  onTestFinished(async () => {
    await database.destroy()
    await drop()
  })
  const schema = location.startsWith('postgres')
    ? new URL(location).searchParams.get('options')?.split('=')[1]
    : undefined
  return { database, schema }
}

describe.each(databases)('modes, on %s', (kind) => {
  test('an account of one mode is not found in another, and may be connected in each', async () => {
    const { database } = await open(kind)
    await migrate(database)
    const { id: agencyId } = await createAgencies(database).createAgency('Acme')
    const [testing, live] = [createAccounts(database, 'test'), createAccounts(database, 'live')]
    expect(await testing.connect(agencyId, 'acct_1')).toBe(true)

    await expect(live.requireAccount(agencyId, 'acct_1')).rejects.toMatchObject({ code: 'account_not_found' })
    expect(await live.findAccount('acct_1')).toBeUndefined()
    expect(await live.listOwn(agencyId, 10, undefined)).toEqual([])
    expect(await live.listAccounts()).toEqual([])
    expect(await live.disconnect('acct_1')).toBe(false)
    expect(await live.connect(agencyId, 'acct_1')).toBe(true)
    expect(await live.disconnect('acct_1')).toBe(true)
    expect(await testing.requireAccount(agencyId, 'acct_1')).toMatchObject({ id: 'acct_1', agencyId })
  })

  test('a key works in every mode, unless it was made for one', async () => {
    const { database } = await open(kind)
    await migrate(database)
    const { id: agencyId } = await createAgencies(database).createAgency('Acme')
    const [sandbox, live] = [createApiKeys(database, 'sandbox'), createApiKeys(database, 'live')]
    const demo = hashApiKey((await sandbox.createKey(agencyId, 'demo', { mode: 'sandbox' })).secret)
    const plain = hashApiKey((await sandbox.createKey(agencyId, 'n8n')).secret)
    expect(await sandbox.findBySecretHash(demo)).toMatchObject({ name: 'demo', mode: 'sandbox' })
    expect(await live.findBySecretHash(demo)).toBeUndefined()
    expect(await sandbox.findBySecretHash(plain)).toMatchObject({ name: 'n8n', mode: null })
    expect(await live.findBySecretHash(plain)).toMatchObject({ name: 'n8n', mode: null })
  })

  test('an account is connected after Stripe was asked, and not where Stripe refuses', async () => {
    const { database } = await open(kind)
    await migrate(database)
    const { id: agencyId } = await createAgencies(database).createAgency('Acme')
    const accounts = createAccounts(database, 'live')
    const refuse = async () => {
      expect(await accounts.listAccounts()).toEqual([])
      throw new Error('Stripe refuses')
    }
    await expect(accounts.connect(agencyId, 'acct_1', refuse)).rejects.toThrow('Stripe refuses')
    expect(await accounts.listAccounts()).toEqual([])
  })

  test('a database that has worked with Stripe is known for it by its journal, also without an account', async () => {
    const { database } = await open(kind)
    await migrate(database)
    const log = pino({ level: 'silent' })
    const append = (mode: Mode) =>
      createJournal(database, { mode, log }).append({ actor: 'api_key', type: 'coupon.create.started' })
    expect(await hasWorkedWithStripe(database)).toBe(false)
    await append('sandbox')
    expect(await hasWorkedWithStripe(database)).toBe(false)
    await append('live')
    expect(await hasWorkedWithStripe(database)).toBe(true)
  })

  test('what a release without modes has left is carried over, counts as Stripe’s, and is adopted once', async () => {
    const { database, schema } = await open(kind)
    await fillBeforeModes(database, schema)
    await migrate(database)
    expect(await database.selectFrom('accounts').selectAll().execute()).toEqual([{ ...oldAccount, mode: 'unassigned' }])
    expect(await hasWorkedWithStripe(database)).toBe(true)
    await adoptAccounts(database, 'live')
    await adoptAccounts(database, 'sandbox')
    expect(await database.selectFrom('accounts').selectAll().execute()).toEqual([{ ...oldAccount, mode: 'live' }])
    const keys = await createApiKeys(database, 'live').listKeys('ag_1')
    expect(keys.map(({ name, mode }) => [name, mode])).toEqual([
      ['demo', 'sandbox'],
      ['n8n', null],
    ])
  })
})
