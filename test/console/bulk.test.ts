import { readFileSync } from 'node:fs'
import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  expectAccessible,
  expectFitsPhone,
  skipReason,
  startTestConsole,
  type TestConsole,
} from '../support/console.ts'

describe.skipIf(skipReason !== '')(`bulk jobs in the console${skipReason}`, () => {
  let app: TestConsole
  let page: Page
  let path: string
  const call = (below: string, body?: object, method = 'POST') =>
    app.server.call(`/v1/public/stripe/connect/accounts/${app.server.accountId}${below}`, {
      method,
      ...(body && { body: { data: body } }),
    })
  const startJob = async (data: object) => {
    const { status, body } = await call('/coupons/SUMMER20/promotion-codes/bulk', data)
    expect(status).toBe(202)
    return String(body['id'])
  }

  beforeAll(async () => {
    app = await startTestConsole()
    path = `/${app.server.accountId}/bulk-jobs`
    await call('/coupons', { id: 'SUMMER20', name: 'Summer Sale', percent_off: 20 })
  })
  afterAll(() => app.close())
  beforeEach(() => () => page.close())

  test('an account without jobs says what they are, on a phone too', async () => {
    page = await app.open(path)
    await page.getByRole('heading', { name: 'No bulk jobs yet' }).waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
  })

  test('a job that waits is canceled after its consequence was read', async () => {
    const job = await startJob({ count: 3 })
    page = await app.open(`${path}/${job}?coupon=SUMMER20`)
    await page.getByText('0 of 3 made').waitFor()
    await page.getByRole('button', { name: 'Cancel job' }).click()
    const dialog = page.getByRole('dialog', { name: 'Cancel this job?' })
    await dialog.getByText('The codes that are made stay').waitFor()
    await dialog.getByRole('button', { name: 'Stop making codes' }).click()
    await page.getByRole('button', { name: 'Cancel job' }).waitFor({ state: 'detached' })
    const { body } = await call(`/coupons/SUMMER20/promotion-codes/bulk/${job}`, undefined, 'GET')
    expect(body['status']).toBe('canceled')
  })

  test('a job is started, followed to its end, listed, and downloaded', async () => {
    page = await app.open(`${path}?coupon=SUMMER20`)
    await page.getByRole('button', { name: 'Start bulk job' }).first().click()
    const form = page.getByRole('dialog', { name: 'Start bulk job' })
    await form.getByLabel('How many').fill('1001')
    await form.getByLabel('Prefix').fill('MAIL-')
    await expectAccessible(page)
    await form.getByRole('button', { name: 'Start bulk job' }).click()
    await form
      .getByText(/1,?000/)
      .first()
      .waitFor()
    await expect.poll(() => page.evaluate('document.activeElement.value')).toBe('1001')
    await form.getByLabel('How many').fill('4')
    await form.getByRole('button', { name: 'Start bulk job' }).click()

    await page.getByText('0 of 4 made').waitFor()
    const stop = app.server.startBulkWorker(1_000)
    await page.getByText('4 of 4 made').waitFor()
    await page
      .getByRole('link', { name: /^MAIL-/ })
      .nth(3)
      .waitFor()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ])
    expect(readFileSync(await file.path(), 'utf8')).toMatch(/^code,status.*\r\n(MAIL-\w+,created,.*\r\n){4}$/)
    await expectAccessible(page)
    await expectFitsPhone(page)
    await stop()
    await page.goto(`${app.server.url}/console${path}`)
    await page.getByRole('link', { name: '4 codes of SUMMER20' }).waitFor()
  })

  const startForm = async (codes: string) => {
    await page.getByRole('button', { name: 'Start bulk job' }).first().click()
    const form = page.getByRole('dialog', { name: 'Start bulk job' })
    await form.getByText('My own codes').click()
    await form.getByLabel('Codes', { exact: true }).fill(codes)
    return form
  }
  /** Lets the next jobs that the page asks for meet this on their way, and collects the keys under which it asks. */
  const meet = async (...handlers: ((route: Route) => Promise<void>)[]) => {
    const keys: (string | undefined)[] = []
    await page.route('**/bulk', async (route) => {
      keys.push(route.request().headers()['idempotency-key'])
      await (handlers[keys.length - 1]?.(route) ?? route.continue())
    })
    return keys
  }
  const lose = async (route: Route) => {
    await route.fetch()
    await route.abort()
  }
  const unclear = 'We do not know yet whether it was made'

  test('a job whose answer is lost is started once, also where its dialog is closed or the page reloaded', async () => {
    page = await app.open(`${path}?coupon=SUMMER20`)
    const keys = await meet(lose, lose)
    const form = await startForm('ONCE-1\nONCE-2')
    await form.getByRole('button', { name: 'Start bulk job' }).click()
    for (const leave of [() => page.keyboard.press('Escape'), () => page.reload()]) {
      await form.getByText(unclear).waitFor()
      await leave()
      await page.getByRole('button', { name: 'Start bulk job' }).first().click()
      await form.getByText('This was sent before').waitFor()
      expect(await form.getByLabel('Codes', { exact: true }).inputValue()).toBe('ONCE-1\nONCE-2')
      expect(await form.getByLabel('Codes', { exact: true }).isDisabled()).toBe(true)
      await form.getByRole('button', { name: 'Ask again' }).click()
    }
    await page.getByText('0 of 2 made').waitFor()
    expect(keys).toEqual([expect.any(String), keys[0], keys[0]])

    await page.getByRole('link', { name: 'Bulk jobs' }).first().click()
    await page.getByRole('button', { name: 'Start bulk job' }).first().click()
    expect(await form.getByLabel('How many').inputValue()).toBe('100')
  })

  test('where asking again cannot tell, the form is opened again after its consequence was read, under a new key', async () => {
    page = await app.open(`${path}?coupon=SUMMER20`)
    const error = { error: 'Stripe failed for good.', code: 'stripe_failed', retryable: false, outcome: 'unknown' }
    const keys = await meet((route) => route.fulfill({ status: 502, json: error }))
    const form = await startForm('AGAIN-1')
    await form.getByRole('button', { name: 'Start bulk job' }).click()
    await form.getByText('sending the form once more makes a second one').waitFor()
    expect(await form.getByRole('button', { name: 'Ask again' }).count()).toBe(0)
    await expectAccessible(page)
    await expectFitsPhone(page)
    await form.getByRole('button', { name: 'It is not there: open the form again' }).click()
    expect(await form.getByLabel('Codes', { exact: true }).inputValue()).toBe('AGAIN-1')
    await form.getByRole('button', { name: 'Start bulk job' }).click()
    await page.getByText('0 of 1 made').waitFor()
    expect(new Set(keys).size).toBe(2)
  })

  test('an answer that never comes is lost after a while, so that the dialog does not wait for ever', async () => {
    page = await app.open(`${path}?coupon=SUMMER20`)
    await page.addInitScript(
      'const timeout = AbortSignal.timeout.bind(AbortSignal); AbortSignal.timeout = (ms) => timeout(ms / 100)',
    )
    await page.reload()
    await meet(() => new Promise(() => undefined))
    const form = await startForm('NEVER-1')
    await form.getByRole('button', { name: 'Start bulk job' }).click()
    await form.getByText(unclear).waitFor()
  })

  test('what failed says why, and only that is tried again, with the limits and the metadata of the job', async () => {
    const { body: taken } = await call('/promotion-codes', { coupon: 'SUMMER20', code: 'TAKEN' })
    const job = await startJob({ codes: ['FRESH', 'TAKEN'], max_redemptions: 7, metadata: { campaign: 'mail' } })
    const stop = app.server.startBulkWorker(1_000)
    page = await app.open('/nowhere')
    const notFound = { error: 'It is gone.', code: 'not_found', retryable: false }
    await page.route('**/promotion-codes/promo_*', (route) => route.fulfill({ status: 404, json: notFound }))
    await page.goto(`${app.server.url}/console${path}/${job}?coupon=SUMMER20`)
    await page.getByText('1 of 2 made, 1 failed').waitFor()
    await page.getByRole('heading', { name: '1 code failed' }).waitFor()
    await page.getByRole('heading', { name: 'The limits of its codes could not be loaded' }).waitFor()
    expect(await page.getByRole('button', { name: 'Retry it in a new job' }).isDisabled()).toBe(true)
    await expectAccessible(page)
    await page.unroute('**/promotion-codes/promo_*')
    await page.getByRole('button', { name: 'Try again' }).click()

    await call(`/promotion-codes/${String(taken['id'])}`, { active: false }, 'PUT')
    await page.getByRole('button', { name: 'Retry it in a new job' }).click()
    const form = page.getByRole('dialog', { name: 'Start bulk job' })
    expect(await form.getByLabel('Codes', { exact: true }).inputValue()).toBe('TAKEN')
    expect(await form.getByLabel('Redemptions at most').inputValue()).toBe('7')
    await form.getByRole('button', { name: 'Start bulk job' }).click()
    await page.getByText('1 of 1 made').waitFor()
    await stop()
    const { body } = await call('/promotion-codes?code=TAKEN&active=true', undefined, 'GET')
    expect(body['data']).toMatchObject([{ max_redemptions: 7, metadata: { campaign: 'mail' } }])
  })

  test('what failed is tried again under another coupon, and the job that is shown is of that one', async () => {
    await call('/promotion-codes', { coupon: 'SUMMER20', code: 'TAKEN-2' })
    await call('/coupons', { id: 'WINTER20', name: 'Winter Sale', percent_off: 20 })
    const job = await startJob({ codes: ['TAKEN-2'] })
    const stop = app.server.startBulkWorker(1_000)
    page = await app.open(`${path}/${job}?coupon=SUMMER20`)
    await page.getByRole('button', { name: 'Retry it in a new job' }).click()
    const form = page.getByRole('dialog', { name: 'Start bulk job' })
    await form.getByLabel('Codes', { exact: true }).fill('WINTER-1')
    await form.getByRole('combobox', { name: 'Coupon' }).fill('WINTER20')
    await page.getByRole('option', { name: 'Winter Sale (WINTER20)' }).click()
    await form.getByRole('button', { name: 'Start bulk job' }).click()
    await page.getByRole('heading', { name: '1 code of WINTER20' }).waitFor()
    await page.getByText('1 of 1 made').waitFor()
    await form.waitFor({ state: 'detached' })
    await stop()
    await page.getByRole('link', { name: 'Bulk jobs' }).first().click()
    await page.getByRole('link', { name: '1 code of WINTER20' }).waitFor()
  })

  test('a link without its coupon says what it lacks', async () => {
    page = await app.open(`${path}/bulk_000000000000000000000000`)
    await page.getByRole('heading', { name: 'This link is incomplete' }).waitFor()
    await page.getByRole('link', { name: 'Go to the bulk jobs' }).click()
    await page.getByRole('heading', { name: 'Bulk jobs', exact: true }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/console${path}`)
  })
})
