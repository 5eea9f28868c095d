import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChatdash } from '../../client/client.ts'
import { fill, type TestServer, startTestServer } from '../support/server.ts'

const coupons = '/stripe/connect/accounts/{accountId}/coupons'
const count = 10_000

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await fill(server, count)
})
afterAll(() => server.close())

test('ten thousand coupons come once each through the client', async () => {
  const client = createChatdash({ url: server.url, apiKey: server.key })
  const seen: string[] = []
  for await (const { id } of client.all(coupons, { path: { accountId: server.accountId }, query: { limit: 100 } })) {
    seen.push(id)
  }
  expect(seen).toHaveLength(count)
  expect(new Set(seen)).toEqual(new Set(Array.from({ length: count }, (_, index) => `FILL${index}`)))
})

test('a search looks at all ten thousand', async () => {
  const client = createChatdash({ url: server.url, apiKey: server.key })
  const params = { path: { accountId: server.accountId }, query: { query: 'number 77', limit: 100 } }
  const { data } = await client.GET(coupons, { params })
  const expected = Array.from({ length: count }, (_, index) => index).filter((index) =>
    `number ${index}`.includes('number 77'),
  )
  expect(new Set(data?.data.map(({ id }) => id))).toEqual(
    new Set(
      expected
        .toReversed()
        .slice(0, 100)
        .map((index) => `FILL${index}`),
    ),
  )
  expect((await client.GET(coupons, { params: { ...params, query: { query: 'nothing' } } })).data?.search).toEqual({
    searched: count,
    bound_reached: false,
  })
})
