import { existsSync } from 'node:fs'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserSkipReason, launchBrowser } from './browser.ts'
import { type Options, startTestServer, type TestServer } from './server.ts'

const built = new URL('../../console/dist/index.html', import.meta.url)

/** Why the tests of the console cannot run here, for their title; empty where they can. */
export const skipReason =
  browserSkipReason ||
  (existsSync(built) ? '' : ' (skipped: the console is not built, npm run build --workspace console)')

export type TestConsole = {
  server: TestServer
  browser: Browser
  /** A page of its own, not signed in, in a browser context of its own. */
  newPage(options?: BrowserContextOptions): Promise<Page>
  /** A page that is signed in with the server's key, or another, at a path behind `/console`. */
  open(path: string, options?: BrowserContextOptions & { key?: string }): Promise<Page>
  close(): Promise<void>
}

/** A server, whose demo key is that of its first tenant, and a browser. */
export async function startTestConsole(options: Options = {}): Promise<TestConsole> {
  const server = await startTestServer({
    demo: () => ({ apiKey: server.key, accountId: server.accountId }),
    ...options,
  })
  const browser = await launchBrowser()
  const newPage = async (contextOptions: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce', ...contextOptions })
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    page.on('close', () => void context.close().catch(() => undefined))
    return page
  }
  return {
    server,
    browser,
    newPage,
    async open(path, { key = server.key, ...contextOptions } = {}) {
      const page = await newPage(contextOptions)
      await signIn(page, server, key)
      await page.goto(`${server.url}/console${path}`)
      return page
    },
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

/** Signs a page in, whoever was signed in before. */
export async function signIn(page: Page, { url }: TestServer, key: string): Promise<void> {
  const data = { api_key: key }
  const answer = await page.request.post(`${url}/console/session`, { data, headers: { origin: url } })
  expect(answer.status()).toBe(201)
}

/** Lets a page read the accounts one at a time, as if there were more than it asks for at once. */
export async function pageByPage(page: Page): Promise<void> {
  await page.route('**/connect/accounts?*', (route) =>
    route.continue({
      url: route
        .request()
        .url()
        .replace(/limit=\d+/, 'limit=1'),
    }),
  )
}

type AxeResult = { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }

/** Fails where axe finds anything on the page as it stands, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor()
    const { violations } = await page.evaluate<AxeResult>('axe.run()')
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => [id, html, failureSummary]),
    )
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([])
  }
}

/** Fails where the page is wider than a small phone. */
export async function expectFitsPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
}

/** Makes a coupon through the API. */
export async function createCoupon(server: TestServer, data: Record<string, unknown>): Promise<void> {
  expect((await server.call(server.coupons, { method: 'POST', body: { data } })).status).toBe(201)
}

/** Redeems a coupon so often, past the server, as purchases would. */
export async function redeem({ sandbox, accountId }: TestServer, coupon: string, times: number): Promise<void> {
  const headers = { authorization: 'Bearer sk_test_server', 'stripe-account': accountId }
  const post = async (path: string, body: string) => await sandbox.send({ method: 'POST', path, headers, body })
  const customer: { id: string } = JSON.parse((await post('/v1/customers', '')).body)
  for (let made = 0; made < times; made += 1) {
    const { status } = await post('/_sandbox/redemptions', `customer=${customer.id}&coupon=${coupon}`)
    expect(status).toBe(200)
  }
}
