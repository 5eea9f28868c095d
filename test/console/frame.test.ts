import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createCoupon,
  expectAccessible,
  expectFitsPhone,
  pageByPage,
  redeem,
  signIn,
  skipReason,
  startTestConsole,
  type TestConsole,
} from '../support/console.ts'

describe.skipIf(skipReason !== '')(`the frame of the console${skipReason}`, () => {
  let console: TestConsole
  beforeAll(async () => {
    console = await startTestConsole()
    const { server } = console
    await createCoupon(server, { id: 'FIRST', name: 'First coupon', percent_off: 10, max_redemptions: 10 })
    await redeem(server, 'FIRST', 9)
  })
  afterAll(() => console.close())

  test('every screen is reached from the rail, and the title says where one is', async () => {
    const { server } = console
    const page = await console.open(`/${server.accountId}/overview`)
    const rail = page.getByRole('navigation', { name: 'Main' })
    for (const name of ['Coupons', 'Promotion codes', 'Bulk jobs', 'History', 'Keys', 'Overview']) {
      await rail.getByRole('link', { name }).click()
      await expect.poll(() => page.title()).toBe(`${name} · ChatDash`)
    }
    await page.close()
  })

  test('the overview tells what runs out', async () => {
    const page = await console.open(`/${console.server.accountId}/overview`)
    const section = page.getByRole('region', { name: 'Nearly used up' })
    await section.getByRole('link', { name: 'First coupon' }).waitFor()
    await section.getByText('9 of 10').waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
    await page.close()
  })

  test('keys search, create and list themselves, but not while one types', async () => {
    const { server } = console
    const page = await console.open(`/${server.accountId}/coupons`)
    await page.getByRole('link', { name: 'First coupon' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('c?')
    expect(await page.getByLabel('Search coupons').inputValue()).toBe('c?')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await dialog.waitFor()
    await expectAccessible(page)
    await page.keyboard.press('c')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.keyboard.press('c')
    await page.waitForURL('**/coupons/new')
    await page.close()
  })

  test('single keys can be switched off', async () => {
    const { server } = console
    const page = await console.open(`/${server.accountId}/coupons`)
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
    await page.getByLabel('Use single-key shortcuts').uncheck({ force: true })
    await page.keyboard.press('Escape')
    await page.keyboard.press('c')
    await page.reload()
    await page.getByRole('link', { name: 'First coupon' }).waitFor()
    await page.keyboard.press('c')
    expect(page.url()).toContain('/coupons')
    expect(page.url()).not.toContain('/new')
    await page.close()
  })

  test('another account is found by its id, and remembered', async () => {
    const { server } = console
    const another = await server.connectAnother(server.agencyId)
    const page = await console.open(`/${server.accountId}/coupons`)
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByLabel('Find an account').fill(another)
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/console/${another}/coupons`)
    await page.getByText('No coupons yet').waitFor()
    await page.goto(`${server.url}/console/`)
    await page.waitForURL(`**/console/${another}/overview`)
    await page.close()
  })

  test('an account behind the first page is kept where the address has none, and coupons are made on it', async () => {
    const { server } = console
    await server.connectAnother(server.agencyId)
    const { body } = await server.call('/v1/public/stripe/connect/accounts')
    const last = (body['data'] as { id: string }[]).at(-1)?.id ?? ''
    const page = await console.open('/nowhere')
    await pageByPage(page)
    await page.goto(`${server.url}/console/${last}/coupons`)
    await page.getByText('No coupons yet').waitFor()
    await page.goto(`${server.url}/console/history`)
    await page.getByRole('button', { name: `Account: ${last}` }).waitFor()
    await page.keyboard.press('c')
    await page.waitForURL(`**/console/${last}/coupons/new`)
    await page.goto(`${server.url}/console/`)
    await page.waitForURL(`**/console/${last}/overview`)
    await page.close()
  })

  test('the account of another agency is not taken for one of its own', async () => {
    const { server } = console
    const other = await server.openTenant()
    await server.connectAnother(other.agencyId)
    const page = await console.open(`/${server.accountId}/coupons`)
    await page.getByRole('link', { name: 'First coupon' }).waitFor()
    await pageByPage(page)
    await signIn(page, server, other.key)
    await page.goto(`${server.url}/console/`)
    await page.waitForURL(`**/console/${other.accountId}/overview`)
    await page.close()
  })

  test('the color scheme is kept', async () => {
    const page = await console.open(`/${console.server.accountId}/overview`)
    await page.getByRole('button', { name: 'Use the dark colors' }).click()
    await page.reload()
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
    await page.close()
  })

  test('on a phone the rail is a drawer', async () => {
    const page = await console.open(`/${console.server.accountId}/overview`, { viewport: { width: 360, height: 740 } })
    await page.getByRole('button', { name: 'Menu' }).click()
    const drawer = page.getByRole('dialog')
    await expectAccessible(page)
    await drawer.getByRole('link', { name: 'Coupons' }).click()
    await page.waitForURL('**/coupons')
    await drawer.waitFor({ state: 'hidden' })
    await page.close()
  })

  test('nothing is asked of another host, nor breaks the page’s policy', async () => {
    const { server } = console
    const page = await console.open(`/${server.accountId}/coupons`)
    const hosts = new Set<string>()
    const broken: string[] = []
    page.on('request', (request) => hosts.add(new URL(request.url()).origin))
    page.on('pageerror', (error) => broken.push(error.message))
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && broken.push(message.text()))
    await page.reload()
    await page.getByRole('link', { name: 'First coupon' }).click()
    await page.getByRole('button', { name: 'Delete coupon' }).click()
    await page.getByRole('dialog').waitFor()
    expect([...hosts]).toEqual([server.url])
    expect(broken).toEqual([])
    await page.close()
  })

  test('a page that does not exist says so', async () => {
    const page = await console.open('/nowhere/at/all')
    await page.getByText('There is no such page').waitFor()
    await page.close()
  })

  test.each([
    { name: 'sign-in', path: '', signedIn: false, most: 300 },
    { name: 'the coupons, with all that sign-in loads,', path: '/coupons', signedIn: true, most: 450 },
  ])('$name takes less than $most kB, compressed', async ({ path, signedIn, most }) => {
    const { server } = console
    const page = signedIn ? await console.open('/') : await console.newPage()
    const files = new Set<string>()
    page.on('response', (response) => files.add(new URL(response.url()).pathname))
    await page.goto(`${server.url}/console/${signedIn ? server.accountId : ''}${path}`, { waitUntil: 'networkidle' })
    const folder = new URL('../../console/dist/assets/', import.meta.url)
    const loaded = readdirSync(folder).filter((file) => files.has(`/console/assets/${file}`))
    const bytes = loaded.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, folder))).length, 0)
    expect(loaded.length).toBeGreaterThan(2)
    expect(bytes / 1000).toBeLessThan(most)
    await page.close()
  })
})
