import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { type Answer, databases, expectRefusal, type TestServer, startTestServer } from '../support/server.ts'

const path = '/v1/public/stripe/connect/accounts'
const idsOf = (answer: Answer) => (answer.body['data'] as { id: string }[]).map(({ id }) => id)

describe.each(databases)('the accounts of an agency, on %s', (database) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ database })
    await server.openTenant()
  })
  afterAll(() => server.close())

  test('are its own and nobody else’s, as Stripe knows them', async () => {
    const { status, body } = await server.call(path)
    expect(status).toBe(200)
    expect(body).toEqual({
      data: [
        {
          id: server.accountId,
          object: 'account',
          name: 'Test business',
          livemode: false,
          default_currency: 'usd',
          charges_enabled: true,
        },
      ],
      has_more: false,
      next_cursor: null,
    })
  })

  test('come in pages, each once, even where the account of a cursor was taken away', async () => {
    const tenant = await server.openTenant()
    const accounts = createAccounts(server.database, 'sandbox')
    const own = [tenant.accountId]
    for (let index = 0; index < 4; index += 1) own.push(await server.connectAnother(tenant.agencyId))
    const list = (query: string) => server.call(path + query, { key: tenant.key })

    expect(new Set(idsOf(await list('')))).toEqual(new Set(own))
    const first = await list('?limit=2')
    expect(first.body['has_more']).toBe(true)
    await accounts.disconnect(idsOf(first)[1] ?? '')
    const rest = await list(`?limit=10&starting_after=${String(first.body['next_cursor'])}`)
    expect(new Set([...idsOf(first), ...idsOf(rest)])).toEqual(new Set(own))
    expect(rest.body).toMatchObject({ has_more: false, next_cursor: null })
    expect(idsOf(rest)).toHaveLength(3)
  })

  test('one that has left the platform is listed, without what only Stripe would know', async () => {
    const tenant = await server.openTenant()
    await createAccounts(server.database, 'sandbox').connect(tenant.agencyId, 'acct_left')
    const { body } = await server.call(path, { key: tenant.key })
    expect(body['data']).toContainEqual({
      id: 'acct_left',
      object: 'account',
      name: null,
      livemode: false,
      default_currency: null,
      charges_enabled: false,
    })
  })

  test.each(['?starting_after=acct_1', '?starting_after=cur_e30'])('refuses %s', async (query) => {
    expectRefusal(await server.call(path + query), 400, 'invalid_request', { param: 'starting_after' })
  })
})
