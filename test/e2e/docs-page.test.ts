import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserSkipReason, launchBrowser } from '../support/browser.ts'
import { operations } from '../support/document.ts'
import { type TestServer, startTestServer } from '../support/server.ts'

const guarded = operations.filter(({ isGuarded }) => isGuarded)

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ demo: () => ({ apiKey: server.key, accountId: server.accountId }) })
})
afterAll(() => server.close())

describe.skipIf(browserSkipReason !== '')(`the page at /docs in a real browser${browserSkipReason}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  test('makes a coupon and deletes it with the demo key at once, and contacts nobody but the server', async () => {
    const page = await browser.newPage()
    const asked = new Set<string>()
    const broken: string[] = []
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
    page.on('pageerror', (error) => broken.push(error.message))
    page.on('console', (message) => message.type() === 'error' && broken.push(message.text()))
    await page.goto(server.url, { waitUntil: 'networkidle' })

    const send = async (id: string) => {
      const form = page.locator(`#${id} form.try`)
      await form.locator('summary').click()
      await form.getByRole('button').click()
      return form.locator('output')
    }
    await (await send('create-coupon')).filter({ hasText: '"name": "Summer Sale"' }).waitFor()
    // These speak of the coupon that was just made.
    await (await send('create-promotion-code')).filter({ hasText: '201 Created' }).waitFor()
    await (await send('delete-coupon')).filter({ hasText: '"deleted": true' }).waitFor()

    expect([...asked]).toEqual([server.url])
    expect(broken).toEqual([])
    await page.close()
  })

  test.each(['/docs', '/docs/errors', '/docs/n8n', '/docs/make', '/docs/zapier', '/docs/curl'])(
    '%s fits into 360 pixels',
    async (path) => {
      const page = await browser.newPage({ viewport: { width: 360, height: 700 } })
      await page.goto(server.url + path)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
      await page.close()
    },
  )
})

test('no page runs or loads anything but this server’s files', async () => {
  for (const path of ['/docs', '/docs/errors']) {
    const page = await fetch(server.url + path)
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
    expect(policy).not.toContain('unsafe')
    expect(await page.text()).not.toMatch(/(src|href)="https?:| style=|<style/)
  }
})

test('every operation shows its curl command and an example of each answer', async () => {
  const html = await (await fetch(`${server.url}/docs`)).text()
  const sections = html.split('<section ').slice(1)
  expect(sections).toHaveLength(guarded.length)
  for (const [index, { operation, path }] of guarded.entries()) {
    const section = sections[index] ?? ''
    expect(section).toContain(path.split('/').at(-1))
    expect(section).toContain('<pre>curl ')
    for (const status of Object.keys(operation.responses)) {
      expect(section).toMatch(new RegExp(`<b>${status}</b>[^\\n]*?</summary><pre>[^<]`))
    }
  }
})

test('/llms.txt names every operation that needs a key', async () => {
  const text = await (await fetch(`${server.url}/llms.txt`)).text()
  for (const { method, path, isGuarded } of operations) expect(text.includes(`\`${method} ${path}\``)).toBe(isGuarded)
})
