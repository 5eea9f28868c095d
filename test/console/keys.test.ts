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

describe.skipIf(skipReason !== '')(`keys in the console${skipReason}`, () => {
  let app: TestConsole
  let page: Page
  const make = async (data: object) => {
    const body = { data: { scopes: ['coupons:read', 'accounts:read'], ...data } }
    const { status, body: made } = await app.server.call('/v1/public/keys', { method: 'POST', body })
    expect(status).toBe(201)
    return { id: String(made['id']), secret: String(made['secret']) }
  }
  const read = async (id: string) => (await app.server.call(`/v1/public/keys/${id}`)).body
  const confirm = (title: string) => page.getByRole('dialog', { name: title })

  beforeAll(async () => {
    app = await startTestConsole()
  })
  afterAll(() => app.close())
  beforeEach(() => () => page.close())

  test('a key is made within limits, and its secret is shown once, with a request that works', async () => {
    page = await app.open('/keys')
    await page.getByRole('link', { name: 'test' }).waitFor()
    await page.getByRole('button', { name: 'Create key' }).click()
    const form = confirm('Create key')
    await form.getByRole('button', { name: 'Create key' }).click()
    await form.getByText('Say what uses the key.').waitFor()
    await expect.poll(() => page.evaluate('document.activeElement.placeholder')).toBe('n8n')
    await form.getByRole('textbox', { name: 'Name' }).fill('n8n')
    await form.getByLabel('See coupons').check()
    await form.getByText('Empty: any.', { exact: true }).waitFor()
    await form.getByLabel('Largest percentage').fill('20')
    await form.getByText('Empty: no amounts, only percentages.').waitFor()
    await form.getByLabel('Largest amounts').fill('usd 50.00\nkwd 1.5')
    await form.getByText('Empty: no percentages, only amounts.').waitFor()
    await form.getByLabel('Changes a day').fill('100')
    await expectAccessible(page)
    await form.getByRole('button', { name: 'Create key' }).click()

    const shown = confirm('The secret of n8n')
    const secret = (await shown.getByText(/^CD\./).first().textContent()) ?? ''
    await shown.getByText(`Authorization: ${secret}`).waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
    expect((await app.server.call('/v1/public/me', { key: secret })).body['key']).toMatchObject({
      name: 'n8n',
      scopes: ['coupons:read'],
      max_percent: 20,
      max_amounts: { usd: 5000, kwd: 1500 },
      changes_per_day: 100,
    })
    await shown.getByRole('button', { name: 'I have copied it' }).click()
    await page.reload()
    await page.getByRole('link', { name: 'n8n' }).waitFor()
    expect(await page.content()).not.toContain(secret)
  })

  test('a key says in words what it may do, and who made it', async () => {
    const { id } = await make({ name: 'worded', max_months: 1, max_percent: 20 })
    page = await app.open(`/keys/${id}`)
    await page.getByText('See coupons').waitFor()
    await page.getByText('Discounts up to 20%').waitFor()
    await page.getByText('Discounts for 1 month at most').waitFor()
    await page.getByText('by test', { exact: true }).waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
  })

  test('a key is limited to an account behind the first page of them', async () => {
    const other = await app.server.connectAnother(app.server.agencyId)
    const { id } = await make({ name: 'narrow' })
    page = await app.open('/nowhere')
    await pageByPage(page)
    await page.goto(`${app.server.url}/console/keys/${id}`)
    await page.getByRole('button', { name: 'Change limits' }).click()
    const form = confirm('Change narrow')
    await form.getByRole('combobox', { name: 'Accounts' }).click()
    await page.locator(`[role=option][value=${other}]:visible`).click()
    await form.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText(`Only the account ${other}`).waitFor()
    expect((await read(id))['accounts']).toEqual([other])
  })

  test('a limit is changed, and nothing else with it', async () => {
    const { id } = await make({ name: 'changed', max_percent: 20, expires_at: 1_999_999_999 })
    page = await app.open(`/keys/${id}`)
    await page.getByRole('button', { name: 'Change limits' }).click()
    const form = confirm('Change changed')
    await form.getByLabel('Largest percentage').fill('101')
    await form.getByRole('button', { name: 'Save changes' }).click()
    await form.getByText(/data\.max_percent/).waitFor()
    await form.getByLabel('Largest percentage').fill('30')
    await form.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Discounts up to 30%').waitFor()
    expect(await read(id)).toMatchObject({ name: 'changed', max_percent: 30, expires_at: 1_999_999_999 })
  })

  test('a key is frozen, unfrozen and revoked, each after its consequence was read', async () => {
    const { id } = await make({ name: 'stopped' })
    page = await app.open(`/keys/${id}`)
    const act = async (button: string, title: string, consequence: string) => {
      await page.getByRole('button', { name: button }).click()
      await confirm(title).getByText(consequence).waitFor()
      await confirm(title).getByRole('button', { name: button }).click()
      await confirm(title).waitFor({ state: 'detached' })
    }
    await act('Freeze key', 'Freeze stopped?', 'It can be unfrozen.')
    await page.getByText('Frozen', { exact: true }).waitFor()
    expect((await read(id))['frozen_by']).toBe('agency')
    await act('Unfreeze key', 'Unfreeze stopped?', 'it makes changes again')
    await page.getByText('Active', { exact: true }).waitFor()
    await act('Revoke key', 'Revoke stopped?', 'This cannot be undone.')
    await page.getByText('Revoked', { exact: true }).waitFor()
    expect((await read(id))['revoked_at']).toBeTypeOf('number')
    expect(await page.getByRole('button', { name: /key$/ }).count()).toBe(0)
  })

  test('a key is rotated, and the old one works on for as long as was chosen', async () => {
    const { id, secret } = await make({ name: 'rotated' })
    page = await app.open(`/keys/${id}`)
    await page.getByRole('button', { name: 'Rotate key' }).click()
    const form = confirm('Rotate rotated?')
    await form.getByRole('combobox').click()
    await page.getByRole('option', { name: 'For an hour' }).click()
    await form.getByRole('button', { name: 'Rotate key' }).click()
    const shown = confirm('The secret of rotated')
    const next = (await shown.getByText(/^CD\./).first().textContent()) ?? ''
    expect(next).not.toBe(secret)
    for (const key of [secret, next]) expect((await app.server.call('/v1/public/me', { key })).status).toBe(200)
    const now = Date.now() / 1000
    expect((await read(id))['expires_at']).toBeLessThanOrEqual(now + 3_600)
    expect((await read(id))['expires_at']).toBeGreaterThan(now)
  })

  test.each([
    ['once its secret is shown', false],
    ['before its secret has come', true],
  ])(
    'the key that one is signed in with is rotated, and where it stops %s, the new secret stays',
    async (_, before) => {
      const { id, secret } = await make({ name: 'own', scopes: ['accounts:read', 'keys:manage'] })
      page = await app.open(`/keys/${id}`, { key: secret })
      await page.getByRole('button', { name: 'Rotate key' }).click()
      const form = confirm('Rotate own?')
      await form.getByText('It is the key that you are signed in with.').waitFor()
      await form.getByRole('combobox').click()
      await page.getByRole('option', { name: 'Not at all' }).click()
      const sessionIsOver = async () => {
        // The key is trusted for less than a second.
        const ask = () => page.request.get(`${app.server.url}/console/v1/public/me`)
        await expect.poll(async () => (await ask()).status()).toBe(401)
        await page.evaluate('window.dispatchEvent(new Event("focus"))')
        await page.locator('nav').first().waitFor({ state: 'detached' })
      }
      await page.route('**/rotate', async (route) => {
        const response = await route.fetch()
        if (before) await sessionIsOver()
        await route.fulfill({ response })
      })
      await form.getByRole('button', { name: 'Rotate key' }).click()
      const shown = confirm('The secret of own')
      const next = (await shown.getByText(/^CD\./).first().textContent()) ?? ''
      if (!before) await sessionIsOver()
      expect(await shown.getByText(next, { exact: true }).isVisible()).toBe(true)
      await shown.getByRole('button', { name: 'I have copied it' }).click()
      await page.getByLabel('API key').fill(next)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(`**/console/keys/${id}`)
    },
  )

  test('a key that is being made cannot be left, nor its secret before it is acknowledged', async () => {
    page = await app.open('/keys')
    await page.getByRole('button', { name: 'Create key' }).click()
    const form = confirm('Create key')
    await form.getByRole('textbox', { name: 'Name' }).fill('awaited')
    await form.getByLabel('See coupons').check()
    const answer = Promise.withResolvers<void>()
    await page.route('**/keys', async (route) => {
      if (route.request().method() === 'POST') await answer.promise
      await route.continue()
    })
    await form.getByRole('button', { name: 'Create key' }).click()
    await form.locator('button[type=submit][data-loading]').waitFor()
    const leave = async () => {
      await page.keyboard.press('Escape')
      await page.mouse.click(5, 5)
    }
    await leave()
    for (const name of ['Close', 'Cancel']) expect(await form.getByRole('button', { name }).isDisabled()).toBe(true)
    answer.resolve()
    const shown = confirm('The secret of awaited')
    await shown.getByText(/^CD\./).first().waitFor()
    await leave()
    const asked = page.waitForEvent('dialog')
    void page.evaluate('setTimeout(() => location.reload())')
    const question = await asked
    expect(question.type()).toBe('beforeunload')
    await question.dismiss()
    await shown.getByRole('button', { name: 'I have copied it' }).click()
    await shown.waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Create key')
  })

  test('a key that is being revoked cannot be left, so that a refusal is read', async () => {
    const { id } = await make({ name: 'kept' })
    page = await app.open(`/keys/${id}`)
    const answer = Promise.withResolvers<void>()
    await page.route('**/revoke', async (route) => {
      await answer.promise
      await route.abort()
    })
    await page.getByRole('button', { name: 'Revoke key' }).click()
    const dialog = confirm('Revoke kept?')
    await dialog.getByRole('button', { name: 'Revoke key' }).click()
    await dialog.locator('button[data-loading]').waitFor()
    await page.keyboard.press('Escape')
    await page.mouse.click(5, 5)
    expect(await dialog.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true)
    answer.resolve()
    await dialog.getByText('The server could not be reached').waitFor()
  })

  test('a key that may not manage keys is told what it lacks', async () => {
    const { secret } = await make({ name: 'reader' })
    page = await app.open('/keys', { key: secret })
    await page.getByText('It takes a key with the scope keys:manage').waitFor()
    await expectAccessible(page)
  })
})
