import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { couponsOf } from '../support/server.ts'
import { newFolder, serve } from '../support/process.ts'

type Job = { id: string; status: string; succeeded: number; failed: number; codes: { promotion_code: string }[] }

/** A folder with the sandbox's demo in it, and what a client of it does. */
function openFolder() {
  const folder = newFolder()
  const demo = () => {
    const { CHATDASH_API_KEY: key = '', CHATDASH_ACCOUNT_ID: accountId = '' } = parseEnv(
      readFileSync(join(folder, 'demo.env'), 'utf8'),
    )
    return { key, accountId }
  }
  const call = async (url: string, path: string, data?: object) => {
    const { key, accountId } = demo()
    const response = await fetch(url + couponsOf(accountId) + path, {
      headers: { authorization: key, 'content-type': 'application/json' },
      ...(data && { method: 'POST', body: JSON.stringify({ data }) }),
    })
    expect(response.ok).toBe(true)
    return (await response.json()) as Job
  }
  return {
    serve: (codesPerSecond: number) => serve({ DATA_DIR: folder, BULK_CODES_PER_SECOND: String(codesPerSecond) }),
    async makeJob(url: string, count: number): Promise<Job> {
      await call(url, '', { id: 'TEN', percent_off: 10 })
      return await call(url, '/TEN/promotion-codes/bulk', { count })
    },
    find: async (url: string, { id }: Job) => await call(url, `/TEN/promotion-codes/bulk/${id}`),
    /** The ids of all promotion codes, as Stripe's own SDK finds them in the sandbox that was left behind. */
    async madeIds(): Promise<string[]> {
      const sandbox = openSandbox({ file: join(folder, 'sandbox.db') })
      const httpClient = Stripe.createFetchHttpClient(sandbox.fetch)
      const stripe = new Stripe('sk_test_sandbox', { httpClient, stripeAccount: demo().accountId })
      const codes = await stripe.promotionCodes.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })
      sandbox.close()
      return codes.map(({ id }) => id).toSorted()
    },
  }
}

const idsOf = ({ codes }: Job) => codes.map(({ promotion_code: id }) => id).toSorted()

test('killed in the middle of a job, again and again, the server makes every code once', async () => {
  const folder = openFolder()
  let server = await folder.serve(200)
  const job = await folder.makeJob(server.url, 400)
  for (const enough of [50, 150]) {
    const progress = async () => (await folder.find(server.url, job)).succeeded
    await expect.poll(progress, { timeout: 10_000, interval: 20 }).toBeGreaterThan(enough)
    await server.stop('SIGKILL')
    server = await folder.serve(200)
    expect((await folder.find(server.url, job)).status).toBe('running')
  }
  await expect.poll(async () => (await folder.find(server.url, job)).status, { timeout: 60_000 }).toBe('done')
  const done = await folder.find(server.url, job)
  expect(done).toMatchObject({ succeeded: 400, failed: 0 })
  await server.stop('SIGTERM')
  expect(await folder.madeIds()).toEqual(idsOf(done))
}, 60_000)

test('SIGTERM in the middle of a job ends at once with 0, and the next process goes on at once', async () => {
  const folder = openFolder()
  const first = await folder.serve(100)
  const job = await folder.makeJob(first.url, 200)
  await expect.poll(async () => (await folder.find(first.url, job)).succeeded, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(await first.stop('SIGTERM')).toBe(0)
  const second = await folder.serve(1_000)
  const before = (await folder.find(second.url, job)).succeeded
  expect(before).toBeLessThan(200)
  const progress = async () => (await folder.find(second.url, job)).succeeded
  await expect.poll(progress, { timeout: 3_000 }).toBeGreaterThan(before)
  await expect.poll(progress, { timeout: 60_000 }).toBe(200)
  const done = await folder.find(second.url, job)
  await second.stop('SIGTERM')
  expect(await folder.madeIds()).toEqual(idsOf(done))
})

test('what a killed process leaves of a job, another one on the same database finishes, every code once', async () => {
  const folder = openFolder()
  const first = await folder.serve(40)
  const job = await folder.makeJob(first.url, 300)
  await expect.poll(async () => (await folder.find(first.url, job)).succeeded, { timeout: 10_000 }).toBeGreaterThan(0)
  const second = await folder.serve(1_000)
  const progress = async () => (await folder.find(second.url, job)).succeeded
  // The second may not help: two processes at once would go beyond Stripe's limit for the account.
  expect(await progress()).toBeLessThan(250)
  await first.stop('SIGKILL')
  await expect.poll(progress, { timeout: 60_000 }).toBe(300)
  const done = await folder.find(second.url, job)
  await second.stop('SIGTERM')
  expect(await folder.madeIds()).toEqual(idsOf(done))
}, 40_000)
