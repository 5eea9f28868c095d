import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { createAgencies } from './agencies.ts'
import { hashApiKey, mintApiKey } from './api-key.ts'
import { createApiKeys } from './api-keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'chatdash-test-'))
let database: Database
beforeAll(async () => {
  database = openDatabase(join(folder, 'chatdash.db'))
  await migrate(database)
})
afterAll(async () => {
  await database.destroy()
  rmSync(folder, { recursive: true })
})

const open = async () => {
  const keys = createApiKeys(database, 'sandbox')
  const agency = await createAgencies(database).createAgency('Acme')
  return { keys, agency }
}

test('a new key is found by the hash of its secret alone, and shows the end of it', async () => {
  const { keys, agency } = await open()
  const { secret, ...key } = await keys.createKey(agency.id, 'n8n')
  expect(key).toMatchObject({
    id: expect.stringMatching(/^key_/),
    agencyId: agency.id,
    name: 'n8n',
    lastUsedAt: null,
    revokedAt: null,
  })
  expect(key.hint).toBe(secret.slice(-4))
  expect(await keys.findBySecretHash(hashApiKey(secret))).toEqual(key)
  expect(await keys.findBySecretHash(secret)).toBe(undefined)
  expect(await keys.findBySecretHash(hashApiKey(mintApiKey()))).toBe(undefined)
})

test('a revoked key is not found, is still listed, and keeps the time of its first revocation', async () => {
  const { keys, agency } = await open()
  const { secret, id } = await keys.createKey(agency.id, 'n8n')
  const other = await keys.createKey(agency.id, 'zapier')
  vi.useFakeTimers({ toFake: ['Date'], now: 5_000_000_000_000 })
  expect(await keys.revokeKey(id)).toBe(true)
  vi.setSystemTime(6_000_000_000_000)
  expect(await keys.revokeKey(id)).toBe(true)
  vi.useRealTimers()
  expect(await keys.findBySecretHash(hashApiKey(secret))).toBe(undefined)
  const listed = new Map((await keys.listKeys(agency.id)).map((key) => [key.id, key.revokedAt]))
  expect(listed).toEqual(
    new Map([
      [id, 5_000_000_000_000],
      [other.id, null],
    ]),
  )
})

test('a key is active until it is revoked, and one that does not exist is not', async () => {
  const { keys, agency } = await open()
  const { id } = await keys.createKey(agency.id, 'n8n')
  expect(await keys.findWorking(id)).toMatchObject({ id })
  expect(await keys.findWorking('key_nobody')).toBe(undefined)
  await keys.revokeKey(id)
  expect(await keys.findWorking(id)).toBe(undefined)
})

test('a key of one mode works in that mode only, and is listed in every one', async () => {
  const { keys, agency } = await open()
  const { id, secret } = await keys.createKey(agency.id, 'demo', { mode: 'test' })
  const inTest = createApiKeys(database, 'test')
  expect([await keys.findWorking(id), await inTest.findWorking(id)]).toEqual([
    undefined,
    expect.objectContaining({ id }),
  ])
  expect(await keys.findBySecretHash(hashApiKey(secret))).toBe(undefined)
  expect(await inTest.findBySecretHash(hashApiKey(secret))).toMatchObject({ id, mode: 'test' })
  expect(await keys.listKeys(agency.id)).toMatchObject([{ id, mode: 'test' }])
})

test('a key that does not exist cannot be revoked', async () => {
  const { keys } = await open()
  expect(await keys.revokeKey('key_nobody')).toBe(false)
})

test('an agency’s keys are listed oldest first, and no other’s', async () => {
  const { keys, agency } = await open()
  const stranger = await createAgencies(database).createAgency('Other')
  vi.useFakeTimers({ toFake: ['Date'], now: 2_000_000_000_000 })
  await keys.createKey(agency.id, 'second')
  vi.setSystemTime(1_000_000_000_000)
  await keys.createKey(agency.id, 'first')
  await keys.createKey(stranger.id, 'theirs')
  vi.useRealTimers()
  expect((await keys.listKeys(agency.id)).map(({ name }) => name)).toEqual(['first', 'second'])
})
