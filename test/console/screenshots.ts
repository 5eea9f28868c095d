// `npm run screenshots`: every page of the console, light, dark and on a phone, as pictures in screenshots/, to be looked at. Those of the
// README go to docs/images/.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { scopes } from '../../src/lib/scopes.ts'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { launchBrowser } from '../support/browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'chatdash-screenshots-'))
const target = new URL('../../screenshots/', import.meta.url).pathname
const images = new URL('../../docs/images/', import.meta.url).pathname
rmSync(target, { recursive: true, force: true })
mkdirSync(target)
mkdirSync(images, { recursive: true })

const env = { ...process.env, DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'warn' }
const server = spawn(process.execPath, ['bin/chatdash.cjs', 'serve'], { env, stdio: 'ignore' })
process.once('exit', () => server.kill())
const demoFile = join(folder, 'demo.env')
while (!existsSync(demoFile)) await sleep(100)
const demo = new Map(
  readFileSync(demoFile, 'utf8')
    .split('\n')
    .map((line) => line.split('=') as [string, string]),
)
const url = demo.get('CHATDASH_URL') ?? ''
const account = demo.get('CHATDASH_ACCOUNT_ID') ?? ''
const demoKey = demo.get('CHATDASH_API_KEY') ?? ''

type Called = { id: string; agency: { id: string }; data: { id: string; request_id: string }[] }

async function call(key: string, path: string, data?: object): Promise<Called> {
  const headers = { authorization: key, ...(data && { 'content-type': 'application/json' }) }
  const init = data && { method: 'POST', body: JSON.stringify({ data }) }
  const answer = await fetch(`${url}/v1/public/${path}`, { ...init, headers })
  if (!answer.ok) throw new Error(await answer.text())
  const body: Called = JSON.parse(await answer.text())
  return body
}

const { agency } = await call(demoKey, 'me')
// Unlike the demo key, this one may see and make keys.
const { secret: key }: { secret: string } = JSON.parse(
  execFileSync(
    process.execPath,
    ['bin/chatdash.cjs', 'key', 'create', '--agency', agency.id, '--name', 'Console', '--json'].concat(
      scopes.flatMap((scope) => ['--scope', scope]),
    ),
    { env, encoding: 'utf8' },
  ),
)
const post = async (path: string, data: object) => await call(key, `stripe/connect/accounts/${account}/${path}`, data)
const n8n = await call(key, 'keys', {
  name: 'n8n',
  scopes: ['coupons:read', 'coupons:write'],
  max_percent: 20,
  max_months: 6,
})

const now = Math.floor(Date.now() / 1000)
for (let number = 24; number > 0; number -= 1) {
  await post('coupons', { name: `Client campaign ${number}`, percent_off: number + 4, max_redemptions: number * 10 })
}
await post('coupons', {
  id: 'PARTNERS',
  name: 'Partner programme',
  percent_off: 20,
  duration: 'repeating',
  duration_in_months: 12,
})
await post('coupons', { id: 'TOKYO500', name: 'Tokyo pop-up', amount_off: 500, currency: 'jpy', max_redemptions: 200 })
await post('coupons', { id: 'KUWAIT', name: 'Kuwait launch', amount_off: 1500, currency: 'kwd', duration: 'forever' })
await post('coupons', { id: 'EARLYBIRD', name: 'Early bird', percent_off: 15, max_redemptions: 25 })
await post('coupons', { id: 'FLASH', name: 'Weekend flash sale', percent_off: 33.33, redeem_by: now + 30 * 3600 })
await post('coupons', {
  id: 'BLACKFRIDAY',
  name: 'Black Friday',
  percent_off: 40,
  redeem_by: now + 5 * 86_400,
  max_redemptions: 500,
})
await post('coupons', {
  id: 'LUMIERE',
  name: 'Café Lumière, loyal guests',
  amount_off: 2000,
  currency: 'usd',
  max_redemptions: 50,
})
for (const code of ['LUMIERE-ANNA', 'LUMIERE-BEN', 'LUMIERE-CLEO'])
  await post('promotion-codes', { coupon: 'LUMIERE', code, max_redemptions: 5 })
const job = await post('coupons/PARTNERS/promotion-codes/bulk', { count: 12, prefix: 'PARTNER-', max_redemptions: 1 })
const [event] = (await call(key, 'events')).data

const sandbox = openSandbox({ file: join(folder, 'sandbox.db') })
const headers = { authorization: 'Bearer sk_test_sandbox', 'stripe-account': account }
const stripe = async (path: string, body: string) => await sandbox.send({ method: 'POST', path, headers, body })
const customer: { id: string } = JSON.parse((await stripe('/v1/customers', 'name=Ada')).body)
for (const [coupon, times] of [
  ['LUMIERE', 47],
  ['PARTNERS', 112],
  ['TOKYO500', 20],
  ['BLACKFRIDAY', 60],
  ['EARLYBIRD', 25],
] as const) {
  for (let made = 0; made < times; made += 1)
    await stripe('/_sandbox/redemptions', `customer=${customer.id}&coupon=${coupon}`)
}
sandbox.close()

/** A coupon in the form, as far as its preview. */
async function draft(page: Page): Promise<void> {
  await page.getByLabel('Percent off').fill('25')
  await page.getByLabel('Some months').check()
  await page.getByLabel('Months', { exact: true }).fill('3')
  await page.getByLabel('Redemptions at most').fill('100')
  await page.getByLabel('Expires').fill(`${new Date().getUTCFullYear() + 1}-12-31T23:59`)
  await page.locator(':focus').blur()
  await page.getByRole('region', { name: 'Preview' }).getByText('-$12.50').waitFor()
}

/** A page of its own for each, so that none shows what another left open. */
const pages: { name: string; path: string; signedOut?: boolean; act?: (page: Page) => Promise<void> }[] = [
  { name: 'sign-in', path: '/', signedOut: true },
  { name: 'overview', path: `/${account}/overview` },
  { name: 'coupons', path: `/${account}/coupons` },
  { name: 'coupons-nothing-found', path: `/${account}/coupons?query=nothing+like+it` },
  { name: 'coupon', path: `/${account}/coupons/LUMIERE` },
  { name: 'coupon-deleted', path: `/${account}/coupons/NOSUCH` },
  {
    name: 'coupon-delete',
    path: `/${account}/coupons/LUMIERE`,
    act: (page) => page.getByRole('button', { name: 'Delete coupon' }).click(),
  },
  {
    name: 'coupon-rename',
    path: `/${account}/coupons/LUMIERE`,
    act: (page) => page.getByRole('button', { name: 'Rename coupon' }).click(),
  },
  { name: 'coupon-create', path: `/${account}/coupons/new` },
  { name: 'coupon-create-preview', path: `/${account}/coupons/new`, act: draft },
  { name: 'promotion-codes', path: `/${account}/promotion-codes` },
  {
    name: 'promotion-code',
    path: `/${account}/promotion-codes`,
    act: (page) => page.getByRole('link', { name: 'LUMIERE-ANNA' }).click(),
  },
  { name: 'bulk-jobs', path: `/${account}/bulk-jobs` },
  { name: 'bulk-job', path: `/${account}/bulk-jobs/${job.id}?coupon=PARTNERS` },
  { name: 'history', path: '/history' },
  { name: 'event', path: `/history/${event?.id}?request=${event?.request_id}` },
  { name: 'keys', path: '/keys' },
  { name: 'key', path: `/keys/${n8n.id}` },
  { name: 'shortcuts', path: `/${account}/overview`, act: (page) => page.keyboard.press('?') },
]
const views = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 } },
} as const

const browser = await launchBrowser()
// Of the README.
const readme = await browser.newContext({
  colorScheme: 'light',
  viewport: { width: 1280, height: 700 },
  locale: 'en-US',
  reducedMotion: 'reduce',
})
await readme.request.post(`${url}/console/session`, { data: { api_key: key }, headers: { origin: url } })
for (const [name, path, act] of [
  ['create-coupon', `/${account}/coupons/new`, draft],
  ['coupons', `/${account}/coupons`, undefined],
] as const) {
  const page = await readme.newPage()
  await page.goto(`${url}/console${path}`, { waitUntil: 'networkidle' })
  await act?.(page)
  await page.mouse.move(0, 0)
  await page.waitForTimeout(300)
  await page.screenshot({ path: join(images, `${name}.png`) })
  await page.close()
}
await readme.close()

for (const [view, options] of Object.entries(views)) {
  const context = await browser.newContext({ ...options, locale: 'en-US', reducedMotion: 'reduce' })
  const show = async ({ name, path, act }: (typeof pages)[number]) => {
    const page = await context.newPage()
    await page.goto(`${url}/console${path}`, { waitUntil: 'networkidle' })
    await act?.(page)
    await page.waitForTimeout(300)
    await page.screenshot({ path: join(target, `${name}-${view}.png`), fullPage: view === 'phone' })
    await page.close()
  }
  for (const shown of pages.filter(({ signedOut }) => signedOut)) await show(shown)
  await context.request.post(`${url}/console/session`, { data: { api_key: key }, headers: { origin: url } })
  for (const shown of pages.filter(({ signedOut }) => !signedOut)) await show(shown)
  await context.close()
}
await browser.close()
server.kill()
await new Promise((resolve) => server.once('exit', resolve))
rmSync(folder, { recursive: true })
process.stdout.write(`The pictures are in ${target}\n`)
