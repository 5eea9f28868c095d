import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseEnv } from 'node:util'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { couponsOf } from '../support/server.ts'
import { newFolder, serve } from '../support/process.ts'

type Job = { id: string; status: string; succeeded: number; failed: number }
type Page = { data: { promotion_code: string }[]; has_more: boolean; next_cursor: string }

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
    return await response.json()
  }
  return {
    serve: (codesPerSecond: number) => serve({ DATA_DIR: folder, BULK_CODES_PER_SECOND: String(codesPerSecond) }),
    async makeJob(url: string, count: number): Promise<Job> {
      await call(url, '', { id: 'TEN', percent_off: 10 })
      return (await call(url, '/TEN/promotion-codes/bulk', { count })) as Job
    },
    find: async (url: string, { id }: Job) => (await call(url, `/TEN/promotion-codes/bulk/${id}`)) as Job,
    /** The ids of the promotion codes that the job says it has made. */
    async toldIds(url: string, { id }: Job): Promise<string[]> {
      const ids: string[] = []
      for (let query: string | undefined = '?limit=100'; query !== undefined;) {
        const page = (await call(url, `/TEN/promotion-codes/bulk/${id}/codes${query}`)) as Page
        ids.push(...page.data.map(({ promotion_code: made }) => made))
        query = page.has_more ? `?limit=100&starting_after=${page.next_cursor}` : undefined
      }
      return ids.toSorted()
    },
    /** Which leases the processes that have ended still hold. */
    heldLeases() {
      const database = new DatabaseSync(join(folder, 'chatdash.db'))
      const held = database.prepare('select name from leases where holder is not null').all()
      database.close()
      return held
    },
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

test('killed in the middle of a job, again and again, the server makes every code once', async () => {
  const folder = openFolder()
  let server = await folder.serve(200)
  const job = await folder.makeJob(server.url, 500)
  const progress = async () => (await folder.find(server.url, job)).succeeded
  for (const enough of [50, 150]) {
    await expect.poll(progress, { interval: 20 }).toBeGreaterThan(enough)
    await server.stop('SIGKILL')
    server = await folder.serve(200)
  }
  await expect.poll(async () => (await folder.find(server.url, job)).status).toBe('done')
  expect(await folder.find(server.url, job)).toMatchObject({ succeeded: 500, failed: 0 })
  const told = await folder.toldIds(server.url, job)
  await server.stop('SIGTERM')
  expect(await folder.madeIds()).toEqual(told)
})

test('SIGTERM in the middle of a job ends with 0 and gives the work back, and the next process goes on', async () => {
  const folder = openFolder()
  const first = await folder.serve(20)
  const job = await folder.makeJob(first.url, 400)
  const made = async (url: string) => (await folder.find(url, job)).succeeded
  await expect.poll(() => made(first.url)).toBeGreaterThan(0)
  expect(await first.stop('SIGTERM')).toBe(0)
  expect(folder.heldLeases()).toEqual([])
  const second = await folder.serve(1_000)
  await expect.poll(() => made(second.url)).toBe(400)
  const told = await folder.toldIds(second.url, job)
  await second.stop('SIGTERM')
  expect(await folder.madeIds()).toEqual(told)
})

test('what a killed process leaves of a job, another one on the same database finishes, every code once', async () => {
  const folder = openFolder()
  const first = await folder.serve(10)
  const job = await folder.makeJob(first.url, 600)
  const second = await folder.serve(1_000)
  const progress = async () => (await folder.find(second.url, job)).succeeded
  await expect.poll(progress).toBeGreaterThan(0)
  await first.stop('SIGKILL')
  await expect.poll(progress).toBe(600)
  const told = await folder.toldIds(second.url, job)
  await second.stop('SIGTERM')
  expect(await folder.madeIds()).toEqual(told)
})
