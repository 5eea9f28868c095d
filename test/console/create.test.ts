import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  expectAccessible,
  expectFitsPhone,
  skipReason,
  startTestConsole,
  type TestConsole,
} from '../support/console.ts'

/** Where the new coupon is written down; whoever makes one is led to its page. */
const made = (page: Page) => page.getByRole('button', { name: 'Rename coupon' }).waitFor()
const expectShown = (locator: Locator) => locator.waitFor()
const create = (page: Page) => page.getByRole('button', { name: 'Create coupon' })

describe.skipIf(skipReason !== '')(`the form for a new coupon${skipReason}`, () => {
  let website: TestConsole
  let path: string
  beforeAll(async () => {
    website = await startTestConsole()
    path = `/${website.server.accountId}/coupons/new`
  })
  afterAll(() => website.close())

  const open = (search = '', options: Parameters<TestConsole['open']>[1] = {}) => website.open(path + search, options)
  const couponOf = async (page: Page) => {
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '')
    return (await website.server.call(`${website.server.coupons}/${encodeURIComponent(id)}`)).body
  }

  test('makes a percentage for some months, with limits, in the reader’s time zone', async () => {
    const page = await open('', { timezoneId: 'America/New_York' })
    await page.getByLabel('Percent off').fill('33.5')
    await page.getByLabel('Some months').check()
    await page.getByLabel('Months', { exact: true }).fill('3')
    await page.getByLabel('Redemptions at most').fill('100')
    const year = new Date().getUTCFullYear() + 1
    await page.getByLabel('Expires').fill(`${year}-12-31T23:59`)
    const second = Date.UTC(year + 1, 0, 1, 4, 59) / 1000
    await page.getByText(`Jan 1, ${year + 1}, 4:59 AM UTC, Unix second ${second}`).waitFor()
    await page.getByLabel('Name').fill('New year')
    await page.getByLabel('Id', { exact: true }).fill('NEWYEAR')
    await create(page).click()
    await made(page)
    expect(await couponOf(page)).toMatchObject({
      id: 'NEWYEAR',
      name: 'New year',
      percent_off: 33.5,
      duration: 'repeating',
      duration_in_months: 3,
      max_redemptions: 100,
      redeem_by: second,
    })
    await page.close()
  })

  test('does not take half an expiry for none', async () => {
    const page = await open()
    await page.getByLabel('Percent off').fill('25')
    await page.getByLabel('Expires').pressSequentially(`1231${new Date().getUTCFullYear() + 1}`)
    await create(page).click()
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('expiry')
    await page.getByLabel('Expires').pressSequentially(`1231${new Date().getUTCFullYear() + 1}1159PM`)
    await create(page).click()
    await made(page)
    expect((await couponOf(page))['redeem_by']).toBeTypeOf('number')
    await page.close()
  })

  test.each([
    ['usd', '20', 2000, 'Sent as 2,000'],
    ['kwd', '1.5', 1500, 'Sent as 1,500'],
    ['jpy', '500', 500, 'Sent as 500'],
  ])('makes an amount in %s: %s is sent as %d', async (currency, typed, amount_off, words) => {
    const page = await open()
    await page.getByLabel('Amount', { exact: true }).check()
    await page.getByLabel('Currency', { exact: true }).selectOption(currency)
    await page.getByLabel('Amount off').fill(typed)
    await page.getByText(words).waitFor()
    await page.getByLabel('For ever').check()
    await page.getByLabel('Amount off').press('Enter')
    await made(page)
    expect(await couponOf(page)).toMatchObject({ amount_off, currency, duration: 'forever' })
    await page.close()
  })

  test('shows the server’s sentence, what it does to prices, and its warnings', async () => {
    const page = await open()
    await page.getByLabel('Percent off').fill('100')
    await page.getByLabel('For ever').check()
    await page.getByRole('heading', { name: 'Preview' }).waitFor()
    const preview = page.getByRole('region', { name: 'Preview' })
    await expectShown(preview.getByText('100% off every invoice.'))
    await expectShown(preview.getByText('never pays again'))
    await page.getByLabel('Percent off').fill('25')
    await page.getByLabel('Sample price 1').fill('49.99')
    await expectShown(preview.getByRole('row').nth(1).getByText('-$12.50'))
    await expectShown(preview.getByText('$37.49'))
    await page.close()
  })

  test('makes one like another, without its id', async () => {
    const body = { data: { id: 'ORIGINAL', name: 'Original', amount_off: 1500, currency: 'kwd', max_redemptions: 5 } }
    await website.server.call(website.server.coupons, { method: 'POST', body })
    const page = await open('?like=ORIGINAL')
    await page.getByText('Filled in from “Original”').waitFor()
    expect(await page.getByLabel('Amount off').inputValue()).toBe('1.500')
    await create(page).click()
    await made(page)
    const copy = await couponOf(page)
    expect(copy).toMatchObject({ name: 'Original', amount_off: 1500, currency: 'kwd', max_redemptions: 5 })
    expect(copy['id']).not.toBe('ORIGINAL')
    await page.close()
  })

  test('shows how to do the same by API', async () => {
    const page = await open()
    await page.getByLabel('Percent off').fill('12')
    await page.getByText('Do this by API').click()
    const shows = (name: string, text: string) =>
      expectShown(page.getByLabel(`the ${name} code`, { exact: true }).filter({ hasText: text }))
    await shows('curl', `curl '${website.server.url}${website.server.coupons}'`)
    await page.getByRole('tab', { name: 'TypeScript' }).click()
    await shows('TypeScript', '"percent_off": 12')
    await page.getByRole('tab', { name: 'n8n' }).click()
    await shows('n8n', 'n8n-nodes-base.httpRequest')
    await page.close()
  })

  describe('a refusal', () => {
    const fill = (label: string, text: string) => (page: Page) => page.getByLabel(label, { exact: true }).fill(text)
    test.each<[string, string, (page: Page) => Promise<void>, RegExp]>([
      ['a missing percentage', 'percent', async () => {}, /data\.percent_off/],
      ['a percentage that is too large', 'percent', fill('Percent off', '101'), /data\.percent_off/],
      ['words for a number', 'percent', fill('Percent off', 'a lot'), /data\.percent_off/],
      [
        'missing months',
        'months',
        async (page) => {
          await page.getByLabel('Percent off').fill('10')
          await page.getByLabel('Some months').check()
        },
        /data\.duration_in_months is required/,
      ],
      [
        'a limit of none',
        'maxRedemptions',
        async (page) => {
          await page.getByLabel('Percent off').fill('10')
          await page.getByLabel('Redemptions at most').fill('0')
        },
        /data\.max_redemptions/,
      ],
      [
        'an expiry in the past',
        'expiry',
        async (page) => {
          await page.getByLabel('Percent off').fill('10')
          await page.getByLabel('Expires').fill('2020-01-01T00:00')
        },
        /redeem_by|future/,
      ],
      [
        'a blank name',
        'name',
        async (page) => {
          await page.getByLabel('Percent off').fill('10')
          await page.getByLabel('Name').fill('  ')
        },
        /data\.name must not be blank/,
      ],
      [
        'a product that is not there',
        'products',
        async (page) => {
          await page.getByLabel('Percent off').fill('10')
          await page.getByLabel('Products').fill('prod_none')
        },
        /prod_none/,
      ],
    ])('of %s stands at its field, which has the focus', async (_, id, prepare, sentence) => {
      const page = await open()
      await prepare(page)
      await create(page).click()
      const field = page.locator(`#${id}[aria-invalid="true"]:focus`)
      await field.waitFor()
      expect(await field.getAttribute('aria-describedby')).toContain(`${id}-error`)
      expect(await page.locator(`#${id}-error`).textContent()).toMatch(sentence)
      await page.close()
    })

    test('of an amount that has too many decimals asks for a right one before anything is sent', async () => {
      const page = await open()
      await page.getByLabel('Amount', { exact: true }).check()
      await page.getByLabel('Amount off').fill('20.005')
      await page.getByText('at most 2 decimals').waitFor()
      const sent: string[] = []
      page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
      await create(page).click()
      await page.locator('#amount:focus').waitFor()
      expect(sent).toEqual([])
      await page.close()
    })

    test('of an id that is taken leaves all that was written, and the next attempt makes the coupon', async () => {
      await website.server.call(website.server.coupons, {
        method: 'POST',
        body: { data: { id: 'TAKEN', percent_off: 5 } },
      })
      const page = await open()
      await page.getByLabel('Percent off').fill('10')
      await page.getByLabel('Id', { exact: true }).fill('TAKEN')
      await create(page).click()
      await page.locator('#id[aria-invalid="true"]').waitFor()
      await page.getByLabel('Id', { exact: true }).fill('FREE')
      await create(page).click()
      await made(page)
      expect(await couponOf(page)).toMatchObject({ id: 'FREE', percent_off: 10 })
      await page.close()
    })
  })

  test('is accessible in both schemes, filled in and refused, and fits a phone', async () => {
    const page = await open()
    await page.getByLabel('Percent off').fill('100')
    await page.getByLabel('Some months').check()
    await page.getByText('Do this by API').click()
    await create(page).click()
    await page.locator('#months[aria-invalid="true"]').waitFor()
    await page.getByRole('region', { name: 'Preview' }).getByText('is required').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Months', { exact: true }).fill('3')
    await page.getByRole('list', { name: 'Warnings' }).waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
    await page.getByLabel('Amount', { exact: true }).check()
    await expectFitsPhone(page)
    await page.close()
  })
})
