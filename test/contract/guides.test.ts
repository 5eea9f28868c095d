import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Call, type Tenant, type TestServer, startTestServer } from '../support/server.ts'

const read = (file: string) => readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8')

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** The request that a guide shows, as one of this tenant. */
const requestOf = (guide: string, { accountId, key }: Tenant): [path: string, call: Call] => {
  const block = /^```http\n(.*?)^```/ms.exec(read(guide))?.[1] ?? ''
  const [head = '', raw = ''] = block.trim().split('\n\n')
  const [line = '', ...lines] = head.split('\n')
  const [method = '', path = ''] = line.split(' ')
  const { Authorization: shown, ...headers } = Object.fromEntries(lines.map((header) => header.split(': ')))
  expect(shown).toBe('CD.…')
  return [path.replace('acct_…', accountId), { method, raw, key, headers }]
}

describe.each(['n8n.md', 'make.md', 'zapier.md'])('the request of docs/%s', (guide) => {
  test('makes one coupon, also when it is sent again, and under another key is answered that it is there', async () => {
    const [path, call] = requestOf(guide, await server.openTenant())
    const first = await server.call(path, call)
    expect(first).toMatchObject({ status: 201, body: { id: 'ORDER-1042', percent_off: 10 } })
    const again = await server.call(path, call)
    expect(again).toMatchObject({ status: 201, body: first.body })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const later = await server.call(path, { ...call, headers: { ...call.headers, 'Idempotency-Key': 'later' } })
    expect(later).toMatchObject({ status: 409, body: { code: 'already_exists' } })
  })
})

test('the n8n workflow asks what docs/n8n.md says: an order has one key, a list all its pages', async () => {
  const workflow = read('n8n-workflow.json')
  expect(() => JSON.parse(workflow)).not.toThrow()
  const path = server.coupons.replace(server.accountId, '{{ $json.accountId }}')
  expect(workflow).toContain(`"url": "={{ $json.url }}${path}"`)
  expect(workflow).toContain('{ "name": "Idempotency-Key", "value": "=order-{{ $json.orderId }}" }')
  expect(workflow).toContain('{ "type": "qs", "name": "starting_after", "value": "={{ $response.body.next_cursor }}" }')
  // What n8n sends for the first page.
  expect((await server.call(`${server.coupons}?limit=100&starting_after=`)).status).toBe(200)
})
