import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createCoupon,
  expectAccessible,
  expectFitsPhone,
  skipReason,
  startTestConsole,
  type TestConsole,
} from '../support/console.ts'

describe.skipIf(skipReason !== '')(`the console’s page of a coupon${skipReason}`, () => {
  let console: TestConsole
  beforeAll(async () => {
    console = await startTestConsole()
  })
  afterAll(() => console.close())

  const expiry = Math.floor(Date.now() / 1000) + 30 * 86_400 - 3_600
  const make = async (id: string, more: Record<string, unknown> = {}) => {
    const { server } = console
    await createCoupon(server, {
      id,
      name: `Coupon ${id}`,
      percent_off: 25,
      duration: 'repeating',
      duration_in_months: 3,
      ...more,
    })
    const open = () => console.open(`/${server.accountId}/coupons/${id}`)
    return { open, path: `${server.coupons}/${id}` }
  }

  test('tells every field in words, its codes, its history, and the JSON on demand', async () => {
    const { server } = console
    const { open } = await make('WORDS', {
      max_redemptions: 50,
      redeem_by: expiry,
      metadata: { campaign: 'spring' },
    })
    const code = { coupon: 'WORDS', code: 'HELLO' }
    const codes = server.coupons.replace('coupons', 'promotion-codes')
    expect((await server.call(codes, { method: 'POST', body: { data: code } })).status).toBe(201)

    const page = await open()
    const field = (name: string) => page.locator('dl > div', { has: page.locator('dt', { hasText: name }) })
    await field('Applies to').getByText('Every invoice for 3 months').waitFor()
    await field('Redeemed').getByText('0 of 50').waitFor()
    await field('Expires').getByText('in 4 weeks').waitFor()
    await field('Metadata').getByText('spring').waitFor()
    await page.getByRole('row', { name: 'HELLO' }).getByText('Active').waitFor()
    await page.getByText('test made WORDS, 25% off, every invoice for 3 months').waitFor()
    await page.getByText('Raw JSON').click()
    await page.getByText('"duration_in_months": 3').waitFor()
    expect(await page.title()).toBe('Coupon WORDS · Coupons · ChatDash')
    await page.close()
  })

  test('is renamed in place, and the focus stays', async () => {
    const { open, path } = await make('RENAME')
    const page = await open()
    await page.getByRole('button', { name: 'Rename coupon' }).click()
    await page.getByLabel('Name').fill('Winter sale')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Winter sale' }).waitFor()
    expect((await console.server.call(path)).body).toMatchObject({ name: 'Winter sale' })
    await expect.poll(() => page.evaluate('document.activeElement.ariaLabel')).toBe('Rename coupon')
    await page.getByText('test renamed RENAME, to “Winter sale”').waitFor()
    await page.close()
  })

  test('Escape leaves the name as it was', async () => {
    const { open, path } = await make('KEEP')
    const page = await open()
    await page.getByRole('button', { name: 'Rename coupon' }).click()
    await page.getByLabel('Name').fill('Something else')
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Coupon KEEP' }).waitFor()
    expect((await console.server.call(path)).body).toMatchObject({ name: 'Coupon KEEP' })
    await page.close()
  })

  test('is deleted only after its consequence was read', async () => {
    const { open, path } = await make('DELETE')
    const page = await open()
    await page.getByRole('button', { name: 'Delete coupon' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('This cannot be undone.').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect((await console.server.call(path)).status).toBe(200)
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Delete coupon')

    await page.getByRole('button', { name: 'Delete coupon' }).click()
    await dialog.getByRole('button', { name: 'Delete coupon' }).click()
    await page.waitForURL('**/coupons')
    expect((await console.server.call(path)).status).toBe(404)
    await page.close()
  })

  test('says that it was deleted meanwhile, and by whom', async () => {
    const { open, path } = await make('GONE')
    await console.server.call(path, { method: 'DELETE' })
    const page = await open()
    await page.getByText('This coupon is not there').waitFor()
    await page.getByText('test deleted GONE').waitFor()
    await page.close()
  })

  test('a name that was changed elsewhere shows on the next look', async () => {
    const { open, path } = await make('ELSEWHERE')
    const page = await open()
    await page.getByRole('heading', { name: 'Coupon ELSEWHERE' }).waitFor()
    await console.server.call(path, { method: 'PUT', body: { data: { name: 'Renamed elsewhere' } } })
    await page.reload()
    await page.getByRole('heading', { name: 'Renamed elsewhere' }).waitFor()
    await page.close()
  })

  test('leads to a form for one like it', async () => {
    const { open } = await make('LIKE')
    const page = await open()
    await page.getByRole('link', { name: 'Make one like this' }).click()
    await page.waitForURL('**/coupons/new?like=LIKE')
    await page.close()
  })

  test('is accessible and fits a phone', async () => {
    const { open } = await make('A11Y', { max_redemptions: 50, redeem_by: expiry })
    const page = await open()
    await page.getByText('test made A11Y').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Rename coupon' }).click()
    await expectAccessible(page)
    await expectFitsPhone(page)
    await page.close()
  })
})
