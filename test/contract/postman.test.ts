import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { startTestServer } from '../support/server.ts'

type Item = { name: string; request: { method: string; url: { raw: string }; body?: { raw: string } } }
const collection: { item: { item: Item[] }[] } = JSON.parse(
  readFileSync(new URL('../../openapi/postman.json', import.meta.url), 'utf8'),
)

test('the requests about a coupon succeed one after the other, with the id of the coupon that the collection makes', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.close())
  const variables: Record<string, string> = { url: '', accountId: server.accountId }
  const fill = (text: string) => text.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => variables[name] ?? '')
  const items = collection.item.flatMap(({ item }) => item)
  const send = async (name: string) => {
    const found = items.findIndex((item) => item.name === name)
    const { method, url, body } = items[found]?.request ?? expect.fail(name)
    const answer = await server.call(fill(url.raw), { method, ...(body && { raw: fill(body.raw) }) })
    return { found, ...answer }
  }
  const coupon = await send('Create Coupon')
  variables['couponId'] = String(coupon.body['id'])
  const answers = [coupon]
  for (const name of ['Retrieve Coupon', 'Update Coupon', 'Create Promotion Code', 'Delete Coupon'])
    answers.push(await send(name))
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 201, 200])
  const places = answers.map(({ found }) => found)
  expect(places).toEqual(places.toSorted((one, other) => one - other))
})
