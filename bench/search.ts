/**
 * A search through 10,000 coupons of one account, in the sandbox: `npm run bench -- search`. The same number of pages read from
 * the sandbox alone stands beside it: what the search adds is the server's.
 */
import { fill, startTestServer } from '../test/support/server.ts'

const count = 10_000
const rounds = 5
const server = await startTestServer()
await fill(server, count)
const headers = { authorization: 'Bearer sk_test_server', 'stripe-account': server.accountId }

async function pagesAlone(): Promise<number> {
  const startedAt = performance.now()
  let after = ''
  for (let pages = 0; pages < count / 100; pages += 1) {
    const path = `/v1/coupons?limit=100${after}`
    const { body } = await server.sandbox.send({ method: 'GET', path, headers, body: '' })
    const { data }: { data: { id: string }[] } = JSON.parse(body)
    after = `&starting_after=${data.at(-1)?.id}`
  }
  return performance.now() - startedAt
}

async function search(): Promise<number> {
  const startedAt = performance.now()
  const { body } = await server.call(`${server.coupons}?query=nothing-like-it`)
  const { searched } = body['search'] as { searched: number }
  if (searched !== count) throw new Error(`Only ${searched} coupons were looked at.`)
  return performance.now() - startedAt
}

const times = { pages: [] as number[], search: [] as number[] }
for (let round = 0; round < rounds; round += 1) {
  times.pages.push(await pagesAlone())
  times.search.push(await search())
}
await server.close()
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const base = median(times.pages)
console.log(`${count} coupons, median of ${rounds}:`)
console.log(`the pages from the sandbox alone ${base.toFixed(0)} ms`)
console.log(
  `search through the server        ${median(times.search).toFixed(0)} ms, ${(median(times.search) / base).toFixed(1)} ×`,
)
