import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from '../support/document.ts'
import { type TestServer, startTestServer } from '../support/server.ts'

const browserPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const reason = existsSync(browserPath) ? '' : ` (skipped: no browser at ${browserPath})`

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe.skipIf(reason !== '')(`the page at /docs${reason}`, () => {
  test('shows the operations in a real browser, and contacts nobody but the server', async () => {
    const browser = await chromium.launch({
      executablePath: browserPath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    })
    const page = await browser.newPage()
    const asked = new Set<string>()
    const broken: string[] = []
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
    page.on('pageerror', (error) => broken.push(error.message))
    await page.goto(`${server.url}/docs`)
    for (const name of ['Create Coupon', 'Preview Coupon', 'List Accounts']) {
      await page.getByRole('link', { name }).or(page.getByRole('button', { name })).first().waitFor()
    }
    await browser.close()
    expect([...asked].filter((origin) => origin !== server.url && origin !== 'null')).toEqual([])
    expect(broken).toEqual([])
  })
})

test('the page and its script forbid the browser every other host', async () => {
  const page = await fetch(`${server.url}/docs`)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(await page.text()).not.toMatch(/(src|href)="https?:/)
  const script = await fetch(`${server.url}/docs/scalar.js`)
  expect(script.headers.get('content-encoding')).toBe('gzip')
  expect((await script.text()).length).toBeGreaterThan(1_000_000)
})

test('/llms.txt names every operation that needs a key', async () => {
  const text = await (await fetch(`${server.url}/llms.txt`)).text()
  for (const { method, path, isGuarded } of operations) expect(text.includes(`\`${method} ${path}\``)).toBe(isGuarded)
})
