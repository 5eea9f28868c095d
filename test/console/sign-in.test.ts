import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFreezes } from '../../src/agencies/freezes.ts'
import {
  expectAccessible,
  expectFitsPhone,
  skipReason,
  startTestConsole,
  type TestConsole,
} from '../support/console.ts'

describe.skipIf(skipReason !== '')(`signing in to the console${skipReason}`, () => {
  let console: TestConsole
  beforeAll(async () => {
    console = await startTestConsole()
  })
  afterAll(() => console.close())

  const signInPage = async (path = '/') => {
    const page = await console.newPage()
    await page.goto(`${console.server.url}/console${path}`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const enter = async (key: string) => {
      await page.getByLabel('API key').fill(key)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    return { page, enter }
  }

  test('a key opens the overview of the account, and the browser keeps no key', async () => {
    const { server } = console
    const { page, enter } = await signInPage()
    await enter(server.key)
    await page.waitForURL(`**/console/${server.accountId}/overview`)
    await page.getByRole('button', { name: 'Signed in as Test agency' }).waitFor()
    expect(
      await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'),
    ).not.toContain('CD.')
    await page.close()
  })

  test('the sandbox offers its demo key', async () => {
    const { page } = await signInPage()
    await page.getByRole('button', { name: 'Use the demo key' }).click()
    await page.waitForURL(`**/console/${console.server.accountId}/overview`)
    await page.close()
  })

  test('a wrong key is refused at the field, which gets the focus back', async () => {
    const { page, enter } = await signInPage()
    await enter('CD.0000000000000000000000000000000000000000')
    await page.getByText('This key does not work').waitFor()
    await expect.poll(() => page.evaluate('document.activeElement.type')).toBe('password')
    await page.close()
  })

  test('too many attempts are told apart from a wrong key', async () => {
    const { page, enter } = await signInPage()
    await page.route('**/console/session', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 429,
            json: { error: 'Slow down.', code: 'rate_limited', retryable: true, request_id: 'req_1', docs: '/docs' },
          })
        : route.continue(),
    )
    await enter(console.server.key)
    await page.getByText('Too many attempts.').waitFor()
    await page.close()
  })

  test('a link leads to its screen, with its search, after signing in', async () => {
    const { server } = console
    const { page, enter } = await signInPage(`/${server.accountId}/coupons?query=summer&status=valid`)
    await enter(server.key)
    await page.waitForURL(`**/console/${server.accountId}/coupons?query=summer&status=valid`)
    await page.close()
  })

  test.each(['https://example.com/', '//example.com/x', '/../docs', '\\\\example.com'])(
    'a link cannot lead out of the console: %s',
    async (to) => {
      const { server } = console
      const { page, enter } = await signInPage(`/?to=${encodeURIComponent(to)}`)
      await enter(server.key)
      await page.waitForURL(`**/console/${server.accountId}/overview`)
      await page.close()
    },
  )

  test('a key that is revoked meanwhile ends the session, and another leads back to the same screen', async () => {
    const { server } = console
    const doomed = await server.openKey(server)
    const page = await console.open(`/${server.accountId}/coupons?status=valid`, { key: doomed.key })
    await page.getByText('No coupon fits').waitFor()
    await server.revoke(doomed)
    // The key was trusted for less than a second.
    const ask = () => page.request.get(`${server.url}/console/v1/public/stripe/connect/accounts`)
    await expect.poll(async () => (await ask()).status()).toBe(401)
    await page.getByRole('link', { name: 'Used up' }).click()
    await page.getByText('Sign in to go on where you were.').waitFor()
    await page.getByLabel('API key').fill(server.key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`**/console/${server.accountId}/coupons?status=used_up`)
    await page.close()
  })

  test('a tab shows nothing more of an agency once another tab has signed in to another one', async () => {
    const { server } = console
    const { key, accountId } = await server.openTenant()
    const data = { name: 'only the first', scopes: ['coupons:read'] }
    expect((await server.call('/v1/public/keys', { method: 'POST', body: { data } })).status).toBe(201)
    const page = await console.open(`/${server.accountId}/overview`)
    const rail = page.getByRole('navigation', { name: 'Main' })
    const first = page.getByText('only the first')
    for (const screen of ['History', 'Keys']) {
      await rail.getByRole('link', { name: screen }).click()
      await page.getByRole('heading', { name: screen, exact: true }).waitFor()
      await first.first().waitFor()
    }
    const headers = { origin: server.url }
    await page.request.post(`${server.url}/console/session`, { data: { api_key: key }, headers })
    await page.evaluate('window.dispatchEvent(new Event("focus"))')
    await first.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'test' }).waitFor()
    await rail.getByRole('link', { name: 'History' }).click()
    await page.getByText('Nothing was done yet').waitFor()
    await rail.getByRole('link', { name: 'Overview' }).click()
    await page.waitForURL(`**/console/${accountId}/overview`)
    await page.close()
  })

  test('a frozen key may look, and is told that it can change nothing', async () => {
    const { server } = console
    const frozen = await server.openKey(server)
    await createFreezes(server.database, 'sandbox').freeze({ kind: 'api_key', id: frozen.keyId })
    const page = await console.open(`/${server.accountId}/coupons`, { key: frozen.key })
    await page.getByText('Your key is frozen').waitFor()
    await page.getByText('No coupons yet').waitFor()
    await page.close()
  })

  test('signing out ends the session on the server too', async () => {
    const { server } = console
    const page = await console.open(`/${server.accountId}/overview`)
    const cookies = await page.context().cookies()
    await page.getByRole('button', { name: /Signed in as/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.context().addCookies(cookies)
    await page.goto(`${server.url}/console/${server.accountId}/overview`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.close()
  })

  test('the form is accessible, alone and refused, and fits a phone', async () => {
    const { page, enter } = await signInPage('/?to=/history')
    await expectAccessible(page)
    await enter('CD.nonsense')
    await page.getByText('This key does not work').waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
    await page.close()
  })
})
