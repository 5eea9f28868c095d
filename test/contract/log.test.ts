import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLog } from '../../src/http/log.ts'
import { databases, startTestServer, type TestServer } from '../support/server.ts'

type Line = Record<string, unknown>

describe('the line of a request', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ trustProxy: '127.0.0.1' })
  })
  afterAll(() => server.close())

  /** The line of the answer with this Request-Id; the log has it once the answer has been taken. */
  const lineOf = async (answer: { headers: Headers }): Promise<Line> => {
    const id = answer.headers.get('request-id') ?? 'none'
    const lines = () => server.logged.map((line): Line => JSON.parse(line)).filter((line) => line['request_id'] === id)
    await expect.poll(lines).toHaveLength(1)
    return lines()[0] ?? {}
  }

  test('says on which account, for which client and under the digest of which Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'order-1', 'x-forwarded-for': '203.0.113.9' }
    const line = await lineOf(
      await server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } }, headers }),
    )
    expect(line).toMatchObject({
      agency: server.agencyId,
      key: server.keyId,
      account: server.accountId,
      client: '203.0.113.9',
      idempotency_key_digest: createHash('sha256').update('order-1').digest('hex').slice(0, 16),
      status: 201,
    })
    expect(JSON.stringify(line)).not.toContain('order-1')
    for (const field of ['code', 'param', 'error']) expect(line).not.toHaveProperty(field)
  })

  test('says of a refusal its code, its field and its sentence', async () => {
    const answer = await server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 101 } } })
    const { code, param, error } = answer.body
    expect(param).toBe('data.percent_off')
    expect(await lineOf(answer)).toMatchObject({ status: 400, code, param, error })
  })

  test('names no account that is none, however long', async () => {
    const answer = await server.call(`/v1/public/stripe/connect/accounts/${'x'.repeat(4_000)}/coupons`)
    const line = await lineOf(answer)
    expect(line).toMatchObject({ code: 'account_not_found' })
    expect(line).not.toHaveProperty('account')
    expect(JSON.stringify(line).length).toBeLessThan(1_000)
  })
})

describe('an error in the log', () => {
  const logged = (err: unknown): { err: Line } => {
    let line = ''
    createLog('info', { write: (text: string) => void (line = text) }).error({ err }, 'failed')
    return JSON.parse(line)
  }

  test('has its message, code and stack, and those of its causes, and nothing else that it carries', () => {
    const cause = Object.assign(new Error('Outer.'), { code: '23505', detail: 'Key (hash)=(abc)', parameters: ['abc'] })
    const { err } = logged(new Error('Failed.', { cause }))
    expect(err).toEqual({
      message: 'Failed.',
      stack: expect.stringContaining('Error: Failed.'),
      cause: { message: 'Outer.', code: '23505', stack: expect.stringContaining('Error: Outer.') },
    })
  })

  test('that is its own cause ends', () => {
    const error = new Error('Round.')
    error.cause = error
    expect(logged(error).err).toMatchObject({ message: 'Round.' })
  })

  test('that is no error is not shown', () => {
    expect(logged({ password: 'secret' }).err).toEqual({ message: 'Not an error: object' })
  })

  test.each(databases)('of %s names no value of the query that failed', async (database) => {
    const server = await startTestServer({ database })
    await server.database.schema.alterTable('api_keys').dropColumn('bounds').execute()
    const { status } = await server.call('/v1/public/me')
    const line = server.logged.map((text): Line => JSON.parse(text)).find(({ msg }) => msg === 'refused')
    await server.close()
    expect(status).toBe(503)
    const { err } = line ?? {}
    expect(Object.keys(Object(err)).toSorted()).toEqual(expect.arrayContaining(['message', 'stack']))
    expect(['cause', 'code', 'message', 'stack']).toEqual(expect.arrayContaining(Object.keys(Object(err))))
  })
})
