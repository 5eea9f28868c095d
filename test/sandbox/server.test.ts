import { expect, onTestFinished, test } from 'vitest'
import { serveSandbox } from '../../src/sandbox/server.ts'
import { run } from '../support/process.ts'
import { schemaViolation } from '../support/sandbox-schemas.ts'

const authorization = 'Bearer sk_test_sandbox'

async function served(options: { apiVersion?: string } = {}): Promise<string> {
  const server = await serveSandbox({ file: ':memory:', host: '127.0.0.1', port: 0, ...options })
  onTestFinished(() => server.close())
  return server.url
}

test('a HEAD has the headers of its GET and no body', async () => {
  const url = await served()
  const get = await fetch(`${url}/v1/coupons`, { headers: { authorization } })
  const head = await fetch(`${url}/v1/coupons`, { method: 'HEAD', headers: { authorization } })
  const text = await get.text()
  expect(schemaViolation(200, JSON.parse(text))).toBe(undefined)
  expect(head.status).toBe(200)
  expect(head.headers.get('content-length')).toBe(String(text.length))
  expect(await head.text()).toBe('')
})

test("a browser's preflight is allowed", async () => {
  const url = await served()
  const headers = { origin: 'https://example.com', 'access-control-request-headers': 'authorization' }
  const preflight = await fetch(`${url}/v1/coupons`, { method: 'OPTIONS', headers })
  expect(preflight.status).toBe(200)
  expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization')
  expect(await preflight.text()).toBe('')
})

test('--api-version is the version of requests that name none', async () => {
  const url = await served({ apiVersion: '2018-05-21' })
  const response = await fetch(`${url}/v1/coupons`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({ percent_off: '25' }),
  })
  expect(response.headers.get('stripe-version')).toBe('2018-05-21')
  const text = await response.text()
  expect(schemaViolation(200, JSON.parse(text))).toBe(undefined)
  expect(text).toContain('"percent_off":25,')
})

test('--api-version that is no version is refused with an example', async () => {
  const { code, err } = await run(['sandbox', '--memory', '--api-version', 'newest'], {})
  expect(code).toBe(2)
  expect(err).toContain("--api-version must be a version of Stripe's API, such as 2024-06-20, not newest")
})
