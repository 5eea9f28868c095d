import { expect, onTestFinished, test } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { defaultBounds } from '../../src/agencies/bounds.ts'
import { readFields } from '../../src/cli/api.ts'
import { UsageError } from '../../src/cli/command.ts'
import type { Scope } from '../../src/lib/scopes.ts'
import { runHere } from '../support/command.ts'
import { startTestServer } from '../support/server.ts'

async function open() {
  const server = await startTestServer()
  onTestFinished(() => server.close())
  const environment = {
    CHATDASH_URL: server.url,
    CHATDASH_API_KEY: server.key,
    CHATDASH_ACCOUNT_ID: server.accountId,
  }
  const chatdash = async (...args: string[]) => await runHere(args, environment)
  const json = async (...args: string[]) => JSON.parse((await chatdash(...args, '--json')).out)
  return { server, environment, chatdash, json }
}

test('a coupon is created, shown, listed, found, renamed, previewed and deleted by command', async () => {
  const { server, chatdash, json } = await open()
  const fields = ['id=SUMMER', 'name=Summer Sale', 'percent_off:=25', 'metadata.orderId=7', 'metadata.source=cli']
  const made = await json('coupon', 'create', ...fields, '--idempotency-key', 'order-7')
  expect(made).toMatchObject({ id: 'SUMMER', percent_off: 25, metadata: { orderId: '7', source: 'cli' } })
  expect(await json('coupon', 'create', ...fields, '--idempotency-key', 'order-7')).toEqual(made)
  expect(await json('coupon', 'show', 'SUMMER')).toEqual(made)
  const shown = (await chatdash('coupon', 'show', 'SUMMER')).out
  expect(shown).toMatch(/^percent_off +25$/m)
  expect(shown).toMatch(/^created +2\d{3}-.*Z$/m)
  expect((await json('coupon', 'update', 'SUMMER', 'name=Winter Sale')).name).toBe('Winter Sale')
  await chatdash('coupon', 'create', 'amount_off:=500', 'currency=usd')
  expect(await json('coupon', 'list')).toHaveLength(2)
  expect(await json('coupon', 'list', '--limit', '1')).toHaveLength(1)
  expect((await chatdash('coupon', 'list', '--limit', '1', '--json')).err).toBe(
    'These are the first 1; --limit shows more.\n',
  )
  expect((await chatdash('coupon', 'list', '--limit', '2')).err).toBe('')
  expect((await json('coupon', 'list', '--query', 'winter')).map(({ id }: { id: string }) => id)).toEqual(['SUMMER'])
  const [head = '', ...rows] = (await chatdash('coupon', 'list')).out.trimEnd().split('\n')
  expect(head).toMatch(/^id .*\bname .*percent_off/)
  expect(rows).toHaveLength(2)
  expect((await chatdash('coupon', 'preview', 'percent_off:=10')).code).toBe(0)
  expect(await json('coupon', 'delete', 'SUMMER')).toMatchObject({ id: 'SUMMER', deleted: true })
  expect((await json('account', 'mine')).map(({ id }: { id: string }) => id)).toEqual([server.accountId])
})

test('promotion codes are created one by one and in bulk, switched off and canceled by command', async () => {
  const { chatdash, json } = await open()
  await chatdash('coupon', 'create', 'id=TEN', 'percent_off:=10')
  const { id } = await json('code', 'create', 'coupon=TEN', 'code=HELLO')
  expect(await json('code', 'update', id, 'active:=false')).toMatchObject({ id, active: false })
  expect(await json('code', 'show', id)).toMatchObject({ id, code: 'HELLO' })
  expect(await json('code', 'list', '--active', 'true')).toEqual([])
  expect(await json('code', 'list', '--coupon', 'TEN')).toHaveLength(1)
  const job = await json('code', 'bulk', 'TEN', 'codes:=["A1B2C3D4","E5F6G7H8"]')
  expect(await json('code', 'job', 'TEN', job.id)).toMatchObject({ id: job.id, total: 2 })
  expect(await json('code', 'cancel', 'TEN', job.id)).toMatchObject({ status: 'canceled' })
  expect((await json('code', 'made', 'TEN', job.id)).map(({ code }: { code: string }) => code)).toEqual([
    'A1B2C3D4',
    'E5F6G7H8',
  ])
})

test('an agency’s keys are managed, and its events listed, by a key that may', async () => {
  const { server, environment, json } = await open()
  const bounds = { ...defaultBounds, scopes: ['coupons:read', 'keys:manage'] as Scope[] }
  const manager = await createApiKeys(server.database, 'sandbox').createKey(server.agencyId, 'manager', { bounds })
  const byManager = async (...args: string[]) => {
    const { out } = await runHere([...args, '--json'], { ...environment, CHATDASH_API_KEY: manager.secret })
    return JSON.parse(out)
  }
  const made = await byManager('own-key', 'create', 'name=Reader', 'scopes:=["coupons:read"]')
  expect(made).toMatchObject({ name: 'Reader', scopes: ['coupons:read'], secret: expect.stringMatching(/^CD\./) })
  expect(await byManager('own-key', 'update', made.id, 'name=Reports')).toMatchObject({ name: 'Reports' })
  expect(await byManager('own-key', 'freeze', made.id)).toMatchObject({ id: made.id })
  expect(await byManager('own-key', 'unfreeze', made.id)).toMatchObject({ id: made.id })
  const next = await byManager('own-key', 'rotate', made.id, 'overlap_seconds:=0')
  expect(await byManager('own-key', 'revoke', next.id)).toMatchObject({ id: next.id })
  expect((await byManager('own-key', 'list')).map(({ id }: { id: string }) => id)).toContain(next.id)
  expect(await byManager('own-key', 'whoami')).toMatchObject({ key: { id: manager.id } })
  const events = await json('event', 'list', '--object', next.id)
  expect(events.map(({ type }: { type: string }) => type)).toContain('api_key.revoked')
})

test('a refusal is the API’s sentence with its code, and never shows the key', async () => {
  const { server, environment, chatdash } = await open()
  const refused = await chatdash('coupon', 'create', 'percent_off:=101')
  expect(refused).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/percent_off.*\(invalid_request, req_/),
  })
  const unknown = await runHere(['coupon', 'list'], { ...environment, CHATDASH_API_KEY: 'CD.nothing' })
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('(unauthenticated, req_') })
  const unset = await runHere(['coupon', 'list'], { ...environment, CHATDASH_API_KEY: '' })
  expect(unset).toMatchObject({ code: 2, err: expect.stringContaining('Set CHATDASH_URL') })
  const nobody = await runHere(['coupon', 'list'], { ...environment, CHATDASH_URL: 'http://127.0.0.1:1' })
  expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('Nothing answers at CHATDASH_URL') })
  const noAccount = await runHere(['coupon', 'list'], { ...environment, CHATDASH_ACCOUNT_ID: '' })
  expect(noAccount).toMatchObject({ code: 2, err: expect.stringContaining('--account acct_…') })
  for (const { err } of [refused, unknown, unset, nobody]) expect(err).not.toContain(server.key)
})

test('fields are texts, JSON and keys of metadata', () => {
  expect(readFields(['name=a=b', 'percent_off:=12.5', 'metadata.a.b=1', 'metadata.c=2', 'active:=false'])).toEqual({
    name: 'a=b',
    percent_off: 12.5,
    metadata: { 'a.b': '1', c: '2' },
    active: false,
  })
  for (const wrong of ['name', '=x', 'percent_off:=abc', 'Name=x'])
    expect(() => readFields([wrong])).toThrow(UsageError)
})
