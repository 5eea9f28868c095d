import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createCoupon,
  expectAccessible,
  expectFitsPhone,
  skipReason,
  startTestConsole,
  type TestConsole,
} from '../support/console.ts'
import { cutBody, openStub } from '../support/stripe-stub.ts'

describe.skipIf(skipReason !== '')(`promotion codes in the console${skipReason}`, () => {
  let app: TestConsole
  let page: Page
  let path: string
  const codesPath = () => `/v1/public/stripe/connect/accounts/${app.server.accountId}/promotion-codes`
  const make = async (data: object) => {
    const { status, body } = await app.server.call(codesPath(), { method: 'POST', body: { data } })
    expect(status).toBe(201)
    return body
  }

  beforeAll(async () => {
    app = await startTestConsole()
    path = `/${app.server.accountId}/promotion-codes`
    const coupon = { id: 'SUMMER20', name: 'Summer Sale', percent_off: 20 }
    await app.server.call(app.server.coupons, { method: 'POST', body: { data: coupon } })
  })
  afterAll(() => app.close())
  beforeEach(() => () => page.close())

  test('an account without codes says what they are', async () => {
    const accountId = await app.server.connectAnother(app.server.agencyId)
    page = await app.open(`/${accountId}/promotion-codes`)
    await page.getByRole('heading', { name: 'No promotion codes yet' }).waitFor()
    await expectAccessible(page)
  })

  test('a code is made with its limits and shown, at an address that can be sent', async () => {
    page = await app.open(`${path}?coupon=SUMMER20`)
    await page.getByRole('button', { name: 'Create promotion code' }).first().click()
    const form = page.getByRole('dialog', { name: 'Create promotion code' })
    await form.getByLabel('Code', { exact: true }).fill('WELCOME-1')
    await form.getByLabel('Redemptions at most').fill('50')
    await form.getByLabel('Minimum purchase').fill('20.50')
    await form.getByLabel('New customers only').check()
    await expectAccessible(page)
    await form.getByRole('button', { name: 'Create promotion code' }).click()

    const made = page.getByRole('dialog', { name: 'WELCOME-1' })
    await made.getByText('New customers only, From $20.50').waitFor()
    const { body } = await app.server.call(`${codesPath()}?code=WELCOME-1`)
    expect(body['data']).toMatchObject([
      {
        max_redemptions: 50,
        restrictions: { first_time_transaction: true, minimum_amount: 2050, minimum_amount_currency: 'usd' },
      },
    ])
    await page.reload()
    await made.getByText('0 of 50').waitFor()
  })

  test('an expiry is typed with a year of four digits, and half of one is not taken for none', async () => {
    page = await app.open(`${path}?coupon=SUMMER20`)
    await page.getByRole('button', { name: 'Create promotion code' }).first().click()
    const form = page.getByRole('dialog', { name: 'Create promotion code' })
    const expires = form.getByLabel('Expires')
    await form.getByLabel('Code', { exact: true }).fill('TIMED-1')
    const year = new Date().getUTCFullYear() + 1
    await expires.pressSequentially(`1231${year}`)
    await form.getByRole('button', { name: 'Create promotion code' }).click()
    await expect.poll(() => page.evaluate('document.activeElement.type')).toBe('datetime-local')
    expect((await app.server.call(`${codesPath()}?code=TIMED-1`)).body['data']).toEqual([])
    await expires.pressSequentially(`1231${year}1159PM`)
    await expect.poll(() => expires.inputValue()).toBe(`${year}-12-31T23:59`)
    await form.getByRole('button', { name: 'Create promotion code' }).click()
    await page.getByRole('dialog', { name: 'TIMED-1' }).waitFor()
  })

  test('what the server refuses stands at its field, which takes the focus', async () => {
    await make({ coupon: 'SUMMER20', code: 'TAKEN' })
    page = await app.open(`${path}?coupon=SUMMER20`)
    await page.getByRole('button', { name: 'Create promotion code' }).click()
    const form = page.getByRole('dialog', { name: 'Create promotion code' })
    const code = form.getByLabel('Code', { exact: true })
    await code.fill('not a code')
    await form.getByRole('button', { name: 'Create promotion code' }).click()
    await form.getByText('must have only letters, digits, dashes and underscores').waitFor()
    await expect.poll(() => page.evaluate('document.activeElement.value')).toBe('not a code')
    await code.fill('TAKEN')
    await form.getByRole('button', { name: 'Create promotion code' }).click()
    await form.getByText(/already/).waitFor()
  })

  test('a code whose fate is not known is asked for again under the same key, and made once', async () => {
    page = await app.open(`${path}?coupon=SUMMER20`)
    const keys: (string | undefined)[] = []
    await page.route(`**${codesPath()}`, async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      keys.push(route.request().headers()['idempotency-key'])
      if (keys.length > 1) return route.continue()
      // The server makes it; its answer is lost on the way.
      await route.fetch()
      return route.abort()
    })
    await page.getByRole('button', { name: 'Create promotion code' }).click()
    const form = page.getByRole('dialog', { name: 'Create promotion code' })
    await form.getByLabel('Code', { exact: true }).fill('LOST-1')
    await form.getByRole('button', { name: 'Create promotion code' }).click()
    await form.getByText('We do not know yet whether it was made').waitFor()
    await form.getByRole('button', { name: 'Ask again' }).click()
    await page.getByRole('dialog', { name: 'LOST-1' }).waitFor()
    expect(new Set(keys).size).toBe(1)
    const { body } = await app.server.call(`${codesPath()}?code=LOST-1`)
    expect(body['data']).toHaveLength(1)
  })

  test('a code whose answer is cut, and then refused by a limit, is asked for under the same key until it is there', async ({
    onTestFinished,
  }) => {
    await createCoupon(app.server, { id: 'CUT20', percent_off: 20 })
    const cutting = await openStub(cutBody)
    onTestFinished(cutting.close)
    page = await app.open(`${path}?coupon=CUT20`)
    const keys: (string | undefined)[] = []
    await page.route(`**${codesPath()}`, async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      keys.push(route.request().headers()['idempotency-key'])
      if (keys.length > 2) return route.continue()
      if (keys.length === 2) {
        const json = { error: 'Too many requests.', code: 'rate_limited', retryable: true, outcome: 'applied' }
        return route.fulfill({ status: 429, json })
      }
      // The server makes it; of its answer arrive the headers and a few bytes.
      await route.fetch()
      return route.continue({ url: cutting.origin })
    })
    await page.getByRole('button', { name: 'Create promotion code' }).click()
    const form = page.getByRole('dialog', { name: 'Create promotion code' })
    await form.getByRole('button', { name: 'Create promotion code' }).click()
    await form.getByText('We do not know yet whether it was made').waitFor()
    await form.getByText('The server could not be reached').waitFor()
    await form.getByRole('button', { name: 'Ask again' }).click()
    await form.getByText('It was made, but its answer was lost').waitFor()
    await expectAccessible(page)
    await form.getByRole('button', { name: 'Ask again' }).click()
    await form.waitFor({ state: 'detached' })
    expect(keys).toEqual([expect.any(String), keys[0], keys[0]])
    const { body } = await app.server.call(`${codesPath()}?coupon=CUT20`)
    expect(body['data']).toHaveLength(1)
  })

  test('a code is switched off after its consequence was read, and on again', async () => {
    const { id } = await make({ coupon: 'SUMMER20', code: 'OFF-1' })
    page = await app.open(`${path}?code=off-1`)
    await page.getByRole('link', { name: 'OFF-1' }).click()
    const dialog = page.getByRole('dialog', { name: 'OFF-1' })
    await dialog.getByText('Nobody can redeem it any more').waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Switch off code' }).click()
    await dialog.getByRole('button', { name: 'Yes, switch off' }).click()
    await dialog.getByText('Switched off', { exact: true }).waitFor()
    expect((await app.server.call(`${codesPath()}/${String(id)}`)).body['active']).toBe(false)
    await dialog.getByRole('button', { name: 'Switch on code' }).click()
    await dialog.getByRole('button', { name: 'Switch off code' }).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.textContent')).toBe('OFF-1')
  })

  test('a code is handed out as a link and as a picture of it', async () => {
    await make({ coupon: 'SUMMER20', code: 'SHARE-1' })
    page = await app.open(`${path}?code=SHARE-1`)
    await page.getByRole('link', { name: 'SHARE-1' }).click()
    await page.getByLabel('Where customers pay').fill('https://buy.stripe.com/abc?locale=de')
    const link = 'https://buy.stripe.com/abc?locale=de&prefilled_promo_code=SHARE-1'
    await page.getByRole('img', { name: `QR picture of ${link}` }).waitFor()

    const download = async (kind: string) => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Download picture as ${kind}` }).click(),
      ])
      return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
    }
    const png = await download('PNG')
    expect(png.name).toBe('SHARE-1.png')
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG')
    const svg = await download('SVG')
    expect(svg.name).toBe('SHARE-1.svg')
    expect(svg.bytes.toString()).toMatch(/^<\?xml[\s\S]*<svg/)
  })

  test('where customers pay is kept for the account, and not taken for another one', async () => {
    const { server } = app
    const other = await server.connectAnother(server.agencyId)
    const otherPath = `/v1/public/stripe/connect/accounts/${other}`
    const post = (below: string, data: object) => server.call(otherPath + below, { method: 'POST', body: { data } })
    await post('/coupons', { id: 'SUMMER20', percent_off: 20 })
    const { body: code } = await post('/promotion-codes', { coupon: 'SUMMER20', code: 'KEPT-1' })
    const { id } = await make({ coupon: 'SUMMER20', code: 'KEPT-1' })

    page = await app.open(`${path}?open=${String(id)}`)
    const pay = page.getByLabel('Where customers pay')
    await pay.fill('https://buy.stripe.com/abc')
    await page.goto(`${server.url}/console/${other}/promotion-codes?open=${String(code['id'])}`)
    await pay.waitFor()
    expect(await pay.inputValue()).toBe('')
    await page.goto(`${server.url}/console${path}?open=${String(id)}`)
    await pay.waitFor()
    expect(await pay.inputValue()).toBe('https://buy.stripe.com/abc')
  })

  test('the list is filtered and paged by its address, and fits a phone', async () => {
    const { id } = await make({ coupon: 'SUMMER20', code: 'OFF-2' })
    await app.server.call(`${codesPath()}/${String(id)}`, { method: 'PUT', body: { data: { active: false } } })
    for (let number = 1; number <= 27; number += 1) await make({ coupon: 'SUMMER20', code: `PAGE-${number}` })
    page = await app.open(`${path}?active=true`)
    await page.getByRole('link', { name: 'PAGE-27' }).waitFor()
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.getByRole('link', { name: 'PAGE-2', exact: true }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'PAGE-27' }).waitFor()
    // No tooltip of what happens to be below the pointer.
    await page.mouse.move(0, 0)
    await expectAccessible(page)
    await expectFitsPhone(page)
    await page.getByRole('link', { name: 'Not active', exact: true }).click()
    await page.getByRole('link', { name: 'OFF-2' }).waitFor()
    await page.getByRole('link', { name: 'PAGE-27' }).waitFor({ state: 'detached' })
  })
})
