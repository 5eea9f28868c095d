import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { operations } from '../support/document.ts'
import {
  databases,
  expectRefusal,
  journalOf,
  type TestServer,
  startTestServer,
  type Tenant,
} from '../support/server.ts'

const guarded = operations.filter((operation) => operation.isGuarded)

describe.each(databases)('on %s', (database) => {
  let server: TestServer
  let stranger: Tenant
  beforeAll(async () => {
    server = await startTestServer({ database })
    stranger = await server.openTenant()
  })
  afterAll(() => server.close())

  describe.each(guarded)('$name', ({ method, path, example, hasBody, operation }) => {
    type Options = {
      key?: string | null
      account?: string
      more?: object
      query?: string
      headers?: Record<string, string>
    }
    const call = ({ headers = {}, ...options }: Options = {}) =>
      server.call(pathOf(path, options.account ?? server.accountId) + (options.query ?? ''), {
        method,
        headers,
        ...('key' in options && { key: options.key ?? null }),
        ...(hasBody && { body: { ...example, ...options.more } }),
      })

    test('refuses a call without a key', async () => {
      expectRefusal(await call({ key: null }), 401, 'unauthenticated')
    })

    test('refuses a malformed, an invented and a revoked key in the same words', async () => {
      const revoked = await server.openTenant()
      await server.revoke(revoked)
      const invented = mintApiKey()
      const answers = await Promise.all(
        ['sk_test_123', `${server.key}0`, server.key.toUpperCase(), invented, revoked.key].map((key) => call({ key })),
      )
      for (const answer of answers) {
        expectRefusal(answer, 401, 'unauthenticated')
        expect(answer.body['error']).toBe(answers[0]?.body['error'])
      }
    })

    const takesKey = operation.parameters?.some(({ name }) => name === 'idempotency-key')
    if (method !== 'GET')
      test('says unknown where no API key works, if it takes an Idempotency-Key and got one', async () => {
        const outcome = takesKey ? 'unknown' : 'not_applied'
        const headers = { 'idempotency-key': 'order-1' }
        expectRefusal(await call({ key: mintApiKey(), headers }), 401, 'unauthenticated', { outcome })
        expectRefusal(await call({ key: null, headers }), 401, 'unauthenticated', { outcome })
        expectRefusal(await call({ key: null }), 401, 'unauthenticated', { outcome: 'not_applied' })
      })

    if (path.includes('{accountId}'))
      test('does not reveal to another agency whether an account exists', async () => {
        const accounts = [
          stranger.accountId,
          'acct_0000000000000000',
          'not-an-account',
          'acct_%00',
          "acct_'%20or%20'1'='1",
        ]
        const [first, ...others] = await Promise.all(accounts.map((account) => call({ account })))
        if (!first) throw new Error('no answer')
        expectRefusal(first, 404, 'account_not_found')
        const told = (answer: typeof first) => ({
          ...answer,
          body: { ...answer.body, request_id: '' },
          headers: [...answer.headers.keys()],
        })
        for (const other of others) expect(told(other)).toEqual(told(first))
      })

    test('refuses a query parameter that it does not know', async () => {
      expectRefusal(await call({ query: '?wat=1' }), 400, 'invalid_request', { param: 'wat' })
    })

    if (hasBody)
      test('refuses a field that it does not know', async () => {
        expectRefusal(await call({ more: { wat: 1 } }), 400, 'invalid_request', { param: 'wat' })
      })

    if (hasBody)
      test('refuses a huge body', async () => {
        expectRefusal(await call({ more: { wat: 'x'.repeat(600_000) } }), 413, 'too_large')
      })
  })

  test('attempts on a stranger’s account leave nothing in the journal, as an own change does', async () => {
    const writes = guarded.filter(({ method, path }) => method !== 'GET' && path.includes('{accountId}'))
    for (const { method, path, example, hasBody } of writes) {
      const attempt = pathOf(path, stranger.accountId)
      expect((await server.call(attempt, { method, ...(hasBody && { body: example }) })).status, attempt).toBe(404)
    }
    const made = await server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } })
    expect(made.status).toBe(201)
    const accounts = (await journalOf(server)).map((row) => row.account_id)
    expect(accounts).toContain(server.accountId)
    expect(accounts).not.toContain(stranger.accountId)
  })

  test.each(['/v1', '/v1/public', '/%2e%2e', '/v1/public/stripe/connect/accounts/'])(
    'answers the unknown GET %s in the one error body',
    async (path) => {
      expectRefusal(await server.call(path), 404, 'route_not_found')
    },
  )
})

function pathOf(template: string, accountId: string): string {
  return template.replace('{accountId}', accountId).replace(/\{\w+\}/g, 'SUMMER20')
}
