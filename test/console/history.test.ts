import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  expectAccessible,
  expectFitsPhone,
  pageByPage,
  skipReason,
  startTestConsole,
  type TestConsole,
} from '../support/console.ts'

describe.skipIf(skipReason !== '')(`history in the console${skipReason}`, () => {
  let app: TestConsole
  let page: Page
  const makeCoupon = async (data: object, headers: Record<string, string> = {}) => {
    const answer = await app.server.call(app.server.coupons, { method: 'POST', body: { data }, headers })
    await app.server.journal.flush()
    return { ...answer, requestId: answer.headers.get('request-id') ?? '' }
  }

  beforeAll(async () => {
    app = await startTestConsole({ retriesMax: 0 })
  })
  afterAll(() => app.close())
  beforeEach(() => () => page.close())

  test('a history without events says what it is', async () => {
    const other = await app.server.openTenant()
    page = await app.open('/history', { key: other.key })
    await page.getByRole('heading', { name: 'Nothing was done yet' }).waitFor()
    await expectAccessible(page)
  })

  test('a request is found by its id, and its event has the ids of both sides', async () => {
    const { requestId } = await makeCoupon({ id: 'SUMMER20', percent_off: 25 }, { 'idempotency-key': 'order-1' })
    await makeCoupon({ id: 'OTHER', percent_off: 10 })
    page = await app.open('/history')
    await page.getByRole('link', { name: /made OTHER/ }).waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
    await page.getByRole('searchbox').fill(requestId)
    await page.getByRole('link', { name: /made OTHER/ }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).searchParams.get('request')).toBe(requestId)
    await page.getByRole('link', { name: /^test made SUMMER20, 25% off, first invoice$/ }).click()

    await page.getByText('It was done.').waitFor()
    await page.getByText(requestId).first().waitFor()
    await page.getByText('order-1', { exact: true }).waitFor()
    await page.getByText('sent by the caller').waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
    await page.reload()
    await page.getByText('It was done.').waitFor()
    await page.getByRole('link', { name: 'Show the coupon' }).click()
    await page.getByRole('heading', { name: 'SUMMER20' }).waitFor()
  })

  test('a change whose answer was lost says that it is not known yet, and what settles it', async () => {
    const { status } = await makeCoupon({ id: 'LOST', percent_off: 25, metadata: { sandbox_fault: '500' } })
    expect(status).toBe(502)
    page = await app.open('/history?open=yes')
    await page.getByText('Not known yet').nth(1).waitFor()
    await page.getByRole('link', { name: /asked to make LOST/ }).click()
    await page.getByText('We do not know yet whether this was done').waitFor()
    await page.getByText('the server looks it up in Stripe').waitFor()
    await page.getByText('it is safe to send the same request again').waitFor()
    await expectAccessible(page)
    await page.clock.setFixedTime(Date.now() + 23 * 3_600_000)
    await page.reload()
    await page.getByText('the server looks it up in Stripe').waitFor()
    expect(await page.getByText('it is safe to send the same request again').count()).toBe(0)
  })

  test('a change of which Stripe could not tell either says so, and where to look', async () => {
    await makeCoupon({ id: 'UNTOLD', percent_off: 25, metadata: { sandbox_fault: '500' } })
    const { body } = await app.server.call('/v1/public/events?object=UNTOLD')
    const [{ id: change_id } = { id: '' }] = body['data'] as { id: string }[]
    const settled = {
      type: 'coupon.create.settled',
      change_id,
      outcome: 'unknown',
      message: 'Two look like it.',
    } as const
    await app.server.journal.append({ actor: 'worker', ...settled })
    page = await app.open('/history?object=UNTOLD')
    await page.getByText('Cannot be told', { exact: true }).waitFor()
    await page.getByRole('link', { name: /asked to make UNTOLD; what came of it cannot be told$/ }).click()
    await page.getByText('Look at the coupons and codes of the account').waitFor()
    await page.getByText('Nobody can tell whether it was done.').waitFor()
    await page.getByText('Two look like it.', { exact: true }).waitFor()
    expect(await page.getByText(/known yet|looks it up/).count()).toBe(0)
    await expectAccessible(page)
    await expectFitsPhone(page)
  })

  test('what is not known yet is listed for the last seven days, where an earlier day is chosen too', async () => {
    await makeCoupon({ id: 'LATELY', percent_off: 25, metadata: { sandbox_fault: '500' } })
    page = await app.open('/history?open=yes&since=2020-01-01')
    await page.getByRole('link', { name: 'Not known yet, last 7 days' }).waitFor()
    await page.getByRole('link', { name: /asked to make LATELY/ }).waitFor()
    await expectFitsPhone(page)
  })

  test('the history is limited to an account behind the first page of them', async () => {
    const other = await app.server.connectAnother(app.server.agencyId)
    const last = await app.server.connectAnother(app.server.agencyId)
    page = await app.open('/nowhere')
    await pageByPage(page)
    await page.goto(`${app.server.url}/console/history`)
    await page.getByRole('combobox', { name: 'Account' }).click()
    for (const id of [other, last]) await page.locator(`[role=option][value=${id}]:visible`).waitFor()
    await page.locator(`[role=option][value=${last}]:visible`).click()
    await page.waitForURL(`**/history?account=${last}`)
  })

  test('what fits nothing leads back to all', async () => {
    await makeCoupon({ id: 'BACK', percent_off: 25 })
    page = await app.open('/history?request=req_000000000000000000000000')
    await page.getByRole('heading', { name: 'This request changed nothing' }).waitFor()
    await page.getByRole('link', { name: 'Show the whole history' }).click()
    await page.getByRole('link', { name: /made BACK/ }).waitFor()
    expect(new URL(page.url()).search).toBe('')
  })

  test('a key that may not read events is told what it lacks', async () => {
    const body = { data: { name: 'no history', scopes: ['coupons:read', 'accounts:read'] } }
    const made = await app.server.call('/v1/public/keys', { method: 'POST', body })
    page = await app.open('/history', { key: String(made.body['secret']) })
    await page.getByText('It takes a key with the scope events:read.').waitFor()
    await expectAccessible(page)
  })
})
