import { join } from 'node:path'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { cli, serve } from '../contestants/contestants.ts'
import { couponsOf } from '../contestants/requests.ts'
import { makeTenants } from '../contestants/tenants.ts'
import { requestText } from '../load/wire.ts'
import type { Benchmark } from '../main.ts'
import { newFolder, removeFolder, start } from '../process.ts'
import { whole } from '../report.ts'
import { median } from '../statistics.ts'

const pageSize = 100

/** A search that reads every coupon of an account, beside reading the same pages from Stripe, which the sandbox plays over a port. */
export const search: Benchmark = async (load, { isQuick }) => {
  const count = isQuick ? 1_000 : 10_000
  const folder = newFolder()
  const stripe = await start([cli, 'sandbox', '--port', '0', '--data', join(folder, 'stripe.db')])
  const platform = { authorization: 'Bearer sk_test_bench' }
  const made = await fetch(`${stripe.url}/v1/accounts`, {
    method: 'POST',
    headers: platform,
    body: new URLSearchParams({ type: 'standard' }),
  })
  const { id: accountId } = (await made.json()) as { id: string }

  const database = openDatabase(join(folder, 'chatdash.db'))
  await migrate(database)
  const [tenant = { key: '' }] = await makeTenants(database, [accountId])
  await database.destroy()
  const server = await serve(stripe, { DATA_DIR: folder })

  const onAccount = { ...platform, 'stripe-account': accountId }
  const form = { ...onAccount, 'content-type': 'application/x-www-form-urlencoded' }
  const requests = [requestText('POST', '/v1/coupons', form, 'percent_off=10&name=Coupon')]
  await load.run({ urls: [stripe.url], requests, connections: 8, until: { requests: count } })

  const readPages = async () => {
    for (let after = ''; ;) {
      const answer = await fetch(`${stripe.url}/v1/coupons?limit=${pageSize}${after}`, { headers: onAccount })
      const { data, has_more: hasMore } = (await answer.json()) as { data: { id: string }[]; has_more: boolean }
      if (!hasMore) return
      after = `&starting_after=${data.at(-1)?.id}`
    }
  }
  const searchAll = async () => {
    const url = `${server.url}${couponsOf(accountId)}?query=nothing-like-it`
    const answer = await fetch(url, { headers: { authorization: tenant.key } })
    const body = (await answer.json()) as { search?: { searched: number } }
    if (body.search?.searched !== count) throw new Error(`The search did not look at ${count}: ${JSON.stringify(body)}`)
  }
  const times = { pages: [] as number[], search: [] as number[] }
  for (let round = 0; round < 5; round += 1) {
    times.pages.push(await timed(readPages))
    times.search.push(await timed(searchAll))
  }
  await server.stop()
  await stripe.stop()
  removeFolder(folder)

  const figures = { pages: median(times.pages), search: median(times.search) }
  const ratio = median(times.search.map((time, round) => time / (times.pages[round] ?? 0)))
  return [
    {
      title: `A search through ${whole(count)} coupons of an account`,
      columns: ['', 'ms', 'ratio'],
      rows: [
        ['their pages from the sandbox, one after the other', whole(figures.pages), '1.00'],
        ['search through the server', whole(figures.search), ratio.toFixed(2)],
      ],
      figures,
    },
  ]
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
