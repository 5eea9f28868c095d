/**
 * Compares the sandbox's throughput over a port with a bare node:http server that gives a constant answer to the same
 * requests. Both run on this thread in turn and autocannon on another. They alternate in short turns, because a shared
 * machine's load changes; the median ratio counts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { serveSandbox } from '../src/sandbox/server.ts'
import { Store } from '../src/sandbox/store/store.ts'

const connections = 32
const seconds = Number(process.env['BENCH_SECONDS'] ?? 1)
const rounds = 7
const headers = {
  authorization: 'Bearer sk_test_bench',
  'stripe-version': '2026-10-28.endive',
  'content-type': 'application/x-www-form-urlencoded',
}
const body = 'percent_off=25.5&duration=repeating&duration_in_months=3&name=Spring%20sale&metadata[campaign]=spring'
const scenarios = {
  create: { method: 'POST', path: '/v1/coupons', headers, body, least: 0.4 },
  'create, with a key': {
    method: 'POST',
    path: '/v1/coupons',
    headers: { ...headers, 'idempotency-key': 'bench-[<id>]' },
    body,
    least: undefined,
  },
  'read by id': { method: 'GET', path: '/v1/coupons/*', headers, body: '', least: 0.6 },
  'list of 10': { method: 'GET', path: '/v1/coupons', headers, body: '', least: undefined },
} as const
type Scenario = (typeof scenarios)[keyof typeof scenarios]

async function measure(url: string, { method, path, headers: sent, body: text }: Scenario, ids: string[]) {
  const result = await autocannon({
    url,
    requests: ids.map((id) => ({
      method,
      path: path.replace('*', id),
      headers: sent,
      ...(text === '' ? {} : { body: text }),
    })),
    connections,
    duration: seconds,
    workers: 1,
    idReplacement: 'idempotency-key' in sent,
  })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`)
  return { perSecond: result.requests.average, p99: result.latency.p99 }
}

/** Fills the store with one coupon a second; returns about a thousand of the ids. */
function prefill(file: string, count: number): string[] {
  const store = new Store(file)
  const stored = {
    amount_off: null,
    applies_to: null,
    currency: null,
    currency_options: null,
    duration: 'once',
    duration_in_months: null,
    max_redemptions: null,
    metadata: {},
    name: 'Prefilled',
    percent_off: 25.5,
    redeem_by: null,
    times_redeemed: 0,
  }
  const from = Math.floor(Date.now() / 1000) - count - 1
  const ids: string[] = []
  for (let n = 0; n < count; n += 10_000) {
    store.change(() => {
      for (let k = n; k < Math.min(count, n + 10_000); k++) {
        const { id } = store.add(0, 'coupon', (tail) => tail, from + k, stored)
        if (k % Math.ceil(count / 1000) === 0) ids.push(id)
      }
    })
    store.flush()
  }
  store.close()
  return ids
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function bare(answer: string) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
      response.end(answer)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => server.close() }
}

function median<T>(values: T[], by: (value: T) => number): T {
  const [value] = values.toSorted((a, b) => by(a) - by(b)).slice(Math.floor(values.length / 2))
  if (value === undefined) throw new Error('nothing was measured')
  return value
}

const folder = mkdtempSync(join(tmpdir(), 'sandbox-bench-'))
const perSecondAt: Record<string, number[]> = {}
console.log(
  `${connections} connections, ${rounds} × ${seconds} s alternating, the turn of the median ratio; stored on disk (WAL, NORMAL)`,
)
for (const count of [1, 1_000_000]) {
  const file = join(folder, `${count}.db`)
  const ids = prefill(file, count)
  const sandbox = await serveSandbox({ file, host: '127.0.0.1', port: 0 })
  console.log(`\n${count.toLocaleString('en')} coupons stored`)
  for (const [name, scenario] of Object.entries(scenarios)) {
    const sample = await fetch(sandbox.url + scenario.path.replace('*', ids[0] ?? ''), {
      method: scenario.method,
      headers,
      ...(scenario.body === '' ? {} : { body: scenario.body }),
    })
    const bareServer = await bare(await sample.text())
    const runs: { own: { perSecond: number; p99: number }; bare: { perSecond: number; p99: number } }[] = []
    for (let round = 0; round < rounds; round++) {
      runs.push({ bare: await measure(bareServer.url, scenario, ids), own: await measure(sandbox.url, scenario, ids) })
    }
    bareServer.close()
    const { own, bare: constant } = median(runs, (run) => run.own.perSecond / run.bare.perSecond)
    const ratio = own.perSecond / constant.perSecond
    ;(perSecondAt[name] ??= []).push(ratio)
    const verdict =
      scenario.least === undefined ? '' : ` (target ${scenario.least}: ${ratio >= scenario.least ? 'met' : 'MISSED'})`
    console.log(
      `  ${name.padEnd(20)} ${Math.round(own.perSecond)}/s, p99 ${own.p99} ms · bare ${Math.round(constant.perSecond)}/s, ` +
        `p99 ${constant.p99} ms · ratio ${ratio.toFixed(2)}${verdict}`,
    )
  }
  await sandbox.close()
}
console.log('\nfrom 1 to 1,000,000 (ratios; target: at least 0.80)')
for (const [name, [few = 0, many = 0]] of Object.entries(perSecondAt)) {
  console.log(`  ${name.padEnd(20)} ${(many / few).toFixed(2)}`)
}
rmSync(folder, { recursive: true })
