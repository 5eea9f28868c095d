import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createCoupon,
  expectAccessible,
  expectFitsPhone,
  redeem,
  skipReason,
  startTestConsole,
  type TestConsole,
} from '../support/console.ts'
import { fill } from '../support/server.ts'

describe.skipIf(skipReason !== '')(`the console’s table of coupons${skipReason}`, () => {
  let console: TestConsole
  let list: string
  beforeAll(async () => {
    console = await startTestConsole()
    const { server } = console
    list = `/${server.accountId}/coupons`
    await fill(server, 60)
    for (const data of [
      { id: 'SUMMER', name: 'Summer sale', percent_off: 25, duration: 'repeating', duration_in_months: 3 },
      { id: 'ONEONLY', name: 'First come', amount_off: 500, currency: 'jpy', max_redemptions: 1 },
      { id: 'TWENTY', name: 'Loyal guests', amount_off: 2000, currency: 'usd', max_redemptions: 40 },
    ]) {
      await createCoupon(server, data)
    }
    await redeem(server, 'ONEONLY', 1)
    await redeem(server, 'TWENTY', 10)
  })
  afterAll(() => console.close())

  test('says what each coupon gives, in words and in its own currency', async () => {
    const page = await console.open(list)
    const row = (name: string) => page.getByRole('row', { name })
    await row('Summer sale').getByRole('cell', { name: '25% off', exact: true }).waitFor()
    await row('Summer sale').getByText('Every invoice for 3 months').waitFor()
    await row('Loyal guests').getByRole('cell', { name: '$20.00 off', exact: true }).waitFor()
    await row('Loyal guests').getByText('10 of 40').waitFor()
    await row('First come').getByRole('cell', { name: '¥500 off', exact: true }).waitFor()
    await row('First come').getByText('Used up').waitFor()
    expect(await page.title()).toBe('Coupons · ChatDash')
    await page.close()
  })

  test('a search and a filter are in the URL, so that a link finds the same', async () => {
    const page = await console.open(list)
    await page.getByLabel('Search coupons').fill('summer')
    await page.waitForURL('**/coupons?query=summer')
    await expect.poll(() => page.locator('[data-row-link]').count()).toBe(1)
    await page.reload()
    await page.getByRole('link', { name: 'Summer sale' }).waitFor()
    expect(await page.getByLabel('Search coupons').inputValue()).toBe('summer')

    await page.getByRole('link', { name: 'Used up' }).click()
    await page.getByText('No coupon fits').waitFor()
    await page.getByRole('link', { name: 'Clear the search' }).click()
    await page.getByRole('link', { name: 'Summer sale' }).waitFor()
    await page.goto(`${console.server.url}/console${list}?status=used_up`)
    await page.getByRole('link', { name: 'First come' }).waitFor()
    expect(await page.locator('[data-row-link]').count()).toBe(1)
    await page.close()
  })

  test('the next page is reached by its cursor, and the browser’s way back leads back', async () => {
    const page = await console.open(list)
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.getByRole('link', { name: 'Coupon number 0', exact: true }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'Summer sale' }).waitFor()
    await page.close()
  })

  test('a heading sorts the page: up, down, not', async () => {
    const page = await console.open(`${list}?query=s`)
    const names = () => page.locator('[data-row-link]').allTextContents()
    await page.getByRole('link', { name: 'Coupon', exact: true }).click()
    await expect.poll(names).toEqual(['First come', 'Loyal guests', 'Summer sale'])
    await page.getByRole('columnheader', { name: 'Redeemed' }).getByRole('link').click()
    await expect.poll(names).toEqual(['Summer sale', 'First come', 'Loyal guests'])
    await page.getByRole('columnheader', { name: 'Redeemed' }).getByRole('link').click()
    await expect.poll(names).toEqual(['Loyal guests', 'First come', 'Summer sale'])
    await page.close()
  })

  test('arrows go through the rows and Enter opens one', async () => {
    const page = await console.open(`${list}?query=s&sort=name`)
    await page.getByRole('link', { name: 'Summer sale' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/coupons/TWENTY')
    await page.close()
  })

  test('what could not be loaded is said, and tried again on demand', async () => {
    const page = await console.newPage()
    await page.context().addCookies(await (await console.open('/keys')).context().cookies())
    await page.route('**/coupons?**', (route) =>
      route.fulfill({
        status: 502,
        json: { error: 'Stripe failed.', code: 'stripe_failed', retryable: false, request_id: 'req_1', docs: '/docs' },
      }),
    )
    await page.goto(`${console.server.url}/console${list}`)
    await page.getByText('Stripe failed.').waitFor()
    await page.getByText('Request req_1').waitFor()
    await page.unroute('**/coupons?**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: 'Summer sale' }).waitFor()
    await page.close()
  })

  test('an account without coupons shows the way to the first', async () => {
    const { server } = console
    const another = await server.connectAnother(server.agencyId)
    const page = await console.open(`/${another}/coupons`)
    await page.getByText('No coupons yet').waitFor()
    await page.getByRole('link', { name: 'Create coupon' }).waitFor()
    await expectAccessible(page)
    await page.close()
  })

  test('the table is accessible and fits a phone', async () => {
    const page = await console.open(list)
    await page.getByRole('link', { name: 'Summer sale' }).waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
    await expectAccessible(page)
    await page.close()
  })
})
