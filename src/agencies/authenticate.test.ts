import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { Refusal } from '../lib/refusal.ts'
import { createAgencies } from './agencies.ts'
import { mintApiKey } from './api-key.ts'
import { createApiKeys } from './api-keys.ts'
import { createAuthenticate } from './authenticate.ts'

const start = Date.parse('2026-02-28T12:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  onTestFinished(() => void vi.useRealTimers())
})

/** The check on a database with one agency, at a time that the test sets. */
async function open(rememberedMax?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-test-'))
  const database = openDatabase(join(folder, 'chatdash.db'))
  onTestFinished(async () => {
    await database.destroy()
    rmSync(folder, { recursive: true })
  })
  await migrate(database)
  const keys = createApiKeys(database, 'sandbox')
  const agency = await createAgencies(database).createAgency('Acme')
  const key = await keys.createKey(agency.id, 'n8n')
  const check = createAuthenticate(keys, Date.now, rememberedMax)
  /** How many look-ups of unknown keys there were; `max` are allowed. */
  const limit = { used: 0, max: 100 }
  const authenticate = (header: string | undefined) =>
    check(header, {
      async take() {
        if (limit.used >= limit.max) throw new Refusal('rate_limited', 'Too many unknown keys.')
        limit.used += 1
      },
      refund() {
        limit.used -= 1
      },
    })
  const caller = { agencyId: agency.id, keyId: key.id, bounds: key.bounds, frozenBy: null }
  const rename = (from: string, to: string) => database.schema.alterTable(from).renameTo(to).execute()
  return { keys, agency, key, caller, authenticate, rename, limit }
}
const at = (ms: number) => vi.setSystemTime(start + ms)
const refused = { code: 'unauthenticated', outcome: 'not_applied', retryable: false }

test('a key is its agency’s, bare or after Bearer', async () => {
  const { authenticate, key, caller } = await open()
  for (const prefix of ['', 'Bearer ', 'bearer  ']) expect(await authenticate(prefix + key.secret)).toEqual(caller)
})

test('whatever is no key of an agency gets the same refusal, in the same words', async () => {
  const { authenticate, keys, key, agency } = await open()
  const revoked = await keys.createKey(agency.id, 'old')
  await keys.revokeKey(revoked.id)
  const split = `${key.secret.slice(0, 9)}Bearer ${key.secret.slice(9)}`
  const others = [
    undefined,
    '',
    'Bearer ',
    split,
    `Basic ${key.secret}`,
    `${key.secret}0`,
    mintApiKey(),
    revoked.secret,
  ]
  const messages = new Set<string>()
  for (const header of others) {
    const error: unknown = await authenticate(header).catch((cause: unknown) => cause)
    expect(error).toMatchObject(refused)
    messages.add(String(error))
  }
  expect([...messages]).toEqual([expect.stringMatching(/The API key is missing or not valid\./)])
})

test('a key that is revoked works for less than a second', async () => {
  const { authenticate, keys, key, caller } = await open()
  expect(await authenticate(key.secret)).toEqual(caller)
  await keys.revokeKey(key.id)
  at(899)
  expect(await authenticate(key.secret)).toEqual(caller)
  at(900)
  await expect(authenticate(key.secret)).rejects.toMatchObject(refused)
})

test('what is malformed is refused without a look-up, and where that fails nobody gets in', async () => {
  const { authenticate, key, rename } = await open()
  await rename('api_keys', 'away')
  await expect(authenticate(key.secret.slice(0, -1))).rejects.toMatchObject(refused)
  const down = { code: 'unavailable', outcome: 'not_applied', retryable: true, retryAfterS: 1 }
  await expect(authenticate(key.secret)).rejects.toMatchObject(down)
})

test('a look-up that failed is not remembered', async () => {
  const { authenticate, key, caller, rename } = await open()
  await rename('api_keys', 'away')
  await expect(authenticate(key.secret)).rejects.toMatchObject({ code: 'unavailable' })
  await rename('away', 'api_keys')
  expect(await authenticate(key.secret)).toEqual(caller)
})

test('when a key was last used is kept to the minute', async () => {
  const { authenticate, keys, key, agency } = await open()
  const lastUsedAt = async () => (await keys.listKeys(agency.id))[0]?.lastUsedAt
  await authenticate(key.secret)
  await expect.poll(lastUsedAt).toBe(start)
  at(59_000)
  await authenticate(key.secret)
  // Writes are done in turn, so that one that was wrong would be there.
  await keys.createKey(agency.id, 'later')
  expect(await lastUsedAt()).toBe(start)
  at(60_000)
  await authenticate(key.secret)
  await expect.poll(lastUsedAt).toBe(start + 60_000)
})

test('each look-up of a key that nobody has uses up the limit, and beyond it there is none', async () => {
  const { authenticate, limit, rename } = await open()
  limit.max = 2
  for (const _ of [1, 2]) await expect(authenticate(mintApiKey())).rejects.toMatchObject(refused)
  await rename('api_keys', 'away')
  await expect(authenticate(mintApiKey())).rejects.toMatchObject({ code: 'rate_limited' })
})

test('a key that exists uses up nothing, and is never held back once it was found', async () => {
  const { authenticate, key, caller, limit } = await open()
  expect(await authenticate(key.secret)).toEqual(caller)
  expect(limit.used).toBe(0)
  limit.max = 0
  at(900)
  expect(await authenticate(key.secret)).toEqual(caller)
  expect(limit.used).toBe(0)
})

test('a key that was revoked is an unknown one from then on', async () => {
  const { authenticate, keys, key, limit } = await open()
  await authenticate(key.secret)
  await keys.revokeKey(key.id)
  at(900)
  await expect(authenticate(key.secret)).rejects.toMatchObject(refused)
  expect(limit.used).toBe(0)
  limit.max = 0
  await expect(authenticate(key.secret)).rejects.toMatchObject({ code: 'rate_limited' })
})

test('of more keys than are remembered the oldest is looked up anew, and counts as unknown', async () => {
  const { authenticate, keys, key, agency, caller, limit, rename } = await open(2)
  const [second, third] = [await keys.createKey(agency.id, 'second'), await keys.createKey(agency.id, 'third')]
  for (const { secret } of [key, second, third]) await authenticate(secret)
  // The newest two are still trusted without a look-up, which would fail.
  await rename('api_keys', 'away')
  for (const { id, secret } of [second, third]) expect(await authenticate(secret)).toEqual({ ...caller, keyId: id })
  await expect(authenticate(key.secret)).rejects.toMatchObject({ code: 'unavailable' })
  await rename('away', 'api_keys')
  limit.max = 0
  at(900)
  expect(await authenticate(third.secret)).toEqual({ ...caller, keyId: third.id })
  await expect(authenticate(key.secret)).rejects.toMatchObject({ code: 'rate_limited' })
})

test('a key that was looked up anew is not among the oldest any more', async () => {
  const { authenticate, keys, agency, rename } = await open(3)
  const [a, b, c, d, e] = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => keys.createKey(agency.id, name)))
  for (const key of [a, b, c]) await authenticate(key?.secret)
  at(900)
  for (const key of [b, d, e]) await authenticate(key?.secret)
  await rename('api_keys', 'away')
  expect(await authenticate(b?.secret)).toMatchObject({ keyId: b?.id })
})
