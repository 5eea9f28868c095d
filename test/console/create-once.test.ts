import type { Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  expectAccessible,
  expectFitsPhone,
  skipReason,
  startTestConsole,
  type TestConsole,
} from '../support/console.ts'

const unknown = (page: Page) => page.getByRole('heading', { name: 'We do not know yet whether it was made' })
const askAgain = (page: Page) => page.getByRole('button', { name: 'Ask again' })
/** Until the form is gone, not only its URL. */
const leaveForOverview = async (page: Page) => {
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
}
const create = (page: Page) => page.getByRole('button', { name: 'Create coupon' })
const made = (page: Page) => page.getByRole('button', { name: 'Rename coupon' }).waitFor()

describe.skipIf(skipReason !== '')(`one coupon comes of one form${skipReason}`, () => {
  let website: TestConsole
  let count = 0
  /** Whether Stripe carries creates out and no answer of them arrives. */
  let losesAnswers = false
  beforeAll(async () => {
    website = await startTestConsole({
      retriesMax: 0,
      async stripe(request) {
        const answer = await website.server.sandbox.send(request)
        if (!losesAnswers || request.method !== 'POST') return answer
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
      },
    })
  })
  afterEach(async () => {
    losesAnswers = false
    await fault(undefined)
  })
  afterAll(() => website.close())

  /** From now on the sandbox answers every create with this fault. */
  const fault = (name: string | undefined) =>
    website.server.sandbox.send({
      method: name === undefined ? 'DELETE' : 'POST',
      path: '/_sandbox/faults',
      headers: { authorization: 'Bearer sk_test_server' },
      body: name === undefined ? '' : `fault=${name}&method=POST&path=/v1/coupons`,
    })

  /** A form that is filled in, the keys that it sends, and how many coupons came of it. */
  const open = async () => {
    count += 1
    const name = `Coupon number ${count}`
    const page = await website.open(`/${website.server.accountId}/coupons/new`)
    const keys: (string | undefined)[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/coupons'))
        keys.push(request.headers()['idempotency-key'])
    })
    await page.getByLabel('Percent off').fill('10')
    await page.getByLabel('Name').fill(name)
    const there = async () => {
      const { body } = await website.server.call(`${website.server.coupons}?limit=100`)
      return (body['data'] as { name: string }[]).filter((coupon) => coupon.name === name).length
    }
    /** Lets the next create of the page meet this on its way. */
    const meet = (handler: (route: Route) => Promise<void>) => page.route('**/coupons', handler, { times: 1 })
    return { page, keys, there, meet, name }
  }

  test.each([
    ['a double click', async (page: Page) => await create(page).dblclick()],
    [
      'Enter twice',
      async (page: Page) => {
        await page.getByLabel('Name').press('Enter')
        await page.keyboard.press('Enter')
      },
    ],
  ])('after %s', async (_, send) => {
    const { page, keys, there } = await open()
    await send(page)
    await made(page)
    expect(await there()).toBe(1)
    expect(new Set(keys).size).toBe(1)
    await page.close()
  })

  test('where the connection breaks after the server got it, and one asks again', async () => {
    const { page, keys, there, meet } = await open()
    await meet(async (route) => {
      await route.fetch()
      await route.abort()
    })
    await create(page).click()
    await unknown(page).waitFor()
    expect(await there()).toBe(1)
    expect(await page.getByLabel('Percent off').isDisabled()).toBe(true)
    await askAgain(page).click()
    await made(page)
    expect(await there()).toBe(1)
    expect(keys).toEqual([keys[0], keys[0]])
    await page.close()
  })

  test('where the browser was offline, so that the server got nothing', async () => {
    const { page, keys, there } = await open()
    await page.context().setOffline(true)
    await create(page).click()
    await unknown(page).waitFor()
    await askAgain(page).click()
    await unknown(page).waitFor()
    await page.context().setOffline(false)
    expect(await there()).toBe(0)
    await askAgain(page).click()
    await made(page)
    expect(await there()).toBe(1)
    expect(new Set(keys).size).toBe(1)
    await page.close()
  })

  test.each([
    ['the page is reloaded', async (page: Page) => await page.reload()],
    [
      'one leaves and comes back',
      async (page: Page) => {
        await leaveForOverview(page)
        await page.goBack()
      },
    ],
    [
      'one opens the form anew, like another coupon',
      async (page: Page) => await page.goto(`${page.url()}?like=NOT_THERE`),
    ],
  ])('where %s before the answer', async (_, leave) => {
    const { page, keys, there, meet, name } = await open()
    const arrived = Promise.withResolvers<void>()
    await meet(async (route) => {
      await route.fetch()
      arrived.resolve()
    })
    await create(page).click()
    await arrived.promise
    await leave(page)
    await unknown(page).waitFor()
    await page.getByText('The page was left before the answer came').waitFor()
    expect(await page.getByLabel('Name').inputValue()).toBe(name)
    await askAgain(page).click()
    await made(page)
    expect(await there()).toBe(1)
    expect(keys).toEqual([keys[0], keys[0]])
    await page.close()
  })

  test('where the answer comes while one is elsewhere: the form is a new one, and says what was made', async () => {
    const { page, there, meet, name } = await open()
    const arrived = Promise.withResolvers<void>()
    const left = Promise.withResolvers<void>()
    await meet(async (route) => {
      const response = await route.fetch()
      arrived.resolve()
      await left.promise
      await route.fulfill({ response })
    })
    await create(page).click()
    await arrived.promise
    await leaveForOverview(page)
    const answered = page.waitForResponse((response) => response.status() === 201)
    left.resolve()
    await (await answered).finished()
    await page.goBack()
    await page.getByRole('link', { name }).click()
    await made(page)
    expect(await there()).toBe(1)
    await page.close()
  })

  test('where Stripe is not available: the server’s sentence is shown, and asking again makes the coupon', async () => {
    const { page, keys, there } = await open()
    await fault('503')
    await create(page).click()
    await unknown(page).waitFor()
    await page.getByText('Stripe could not be reached or failed. The change may have been applied.').waitFor()
    await fault(undefined)
    await askAgain(page).click()
    await made(page)
    expect(await there()).toBe(1)
    expect(keys).toEqual([keys[0], keys[0]])
    await page.close()
  })

  test('where Stripe’s answers are lost: asking again gets the coupon', async () => {
    const { page, keys, there } = await open()
    losesAnswers = true
    await create(page).click()
    await unknown(page).waitFor()
    await expectAccessible(page)
    await expectFitsPhone(page)
    losesAnswers = false
    await askAgain(page).click()
    await made(page)
    expect(await there()).toBe(1)
    expect(keys).toEqual([keys[0], keys[0]])
    await page.close()
  })

  test('where Stripe fails for good under the key: one looks, and sends the form with a new key', async () => {
    const { page, keys, there } = await open()
    await fault('500')
    await create(page).click()
    await askAgain(page).click()
    await page.getByText('makes a second one').waitFor()
    expect(await askAgain(page).count()).toBe(0)
    await fault(undefined)
    await page.getByRole('button', { name: 'It is not there: open the form again' }).click()
    await create(page).click()
    await made(page)
    expect(await there()).toBe(1)
    expect(new Set(keys).size).toBe(2)
    await page.close()
  })

  test('and back does not lead to its form again, whose next coupon is another one', async () => {
    const { page, keys, there } = await open()
    await create(page).click()
    await made(page)
    await page.goto(`${website.server.url}/console/${website.server.accountId}/coupons/new`)
    expect(await page.getByLabel('Percent off').inputValue()).toBe('')
    await page.goBack()
    await made(page)
    await page.goForward()
    await page.getByLabel('Percent off').fill('10')
    await create(page).click()
    await made(page)
    expect(await there()).toBe(1)
    expect(new Set(keys).size).toBe(2)
    await page.close()
  })

  test('a refusal is a clear answer: what is sent next has a new key', async () => {
    const { page, keys, there } = await open()
    await page.getByLabel('Percent off').fill('101')
    await create(page).click()
    await page.locator('#percent[aria-invalid="true"]:focus').waitFor()
    await page.getByLabel('Percent off').fill('10')
    await create(page).click()
    await made(page)
    expect(await there()).toBe(1)
    expect(new Set(keys).size).toBe(2)
    await page.close()
  })

  test('a draft that was not sent outlives a reload, until it is cleared', async () => {
    const { page, name } = await open()
    await page.reload()
    expect(await page.getByLabel('Name').inputValue()).toBe(name)
    await page.getByRole('button', { name: 'Clear the form' }).click()
    await page.reload()
    expect(await page.getByLabel('Name').inputValue()).toBe('')
    await page.close()
  })
})
