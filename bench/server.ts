/**
 * What the whole chain costs: `npm run bench -- server`. A caller on 32 connections creates a coupon through the server (key,
 * budget, schema, tenant, rules, two rows of journal on disk, the SDK) at a stand-in for Stripe in a thread of its own, beside
 * a bare node:http proxy on undici that checks nothing. The contestants alternate; the middle of three rounds counts.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import autocannon from 'autocannon'
import { Agent } from 'undici'
import { startTestServer } from '../test/support/server.ts'
import { coupon } from '../test/support/stripe-stub.ts'

const connections = 32
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)
const rounds = 3

async function listen(answer: (body: string) => Promise<string> | string): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      void Promise.resolve(answer(body)).then((text) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
        response.end(text)
      })
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  // The address of a server that listens on a port is never a pipe's name.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function stripeInItsThread(): Promise<string> {
  const worker = new Worker(new URL(import.meta.url))
  worker.unref()
  return await new Promise((resolve) => worker.once('message', resolve))
}

async function load(url: string, headers: Record<string, string>) {
  const body = '{"data":{"name":"Summer Sale","percent_off":25,"duration":"once"}}'
  const options = { url, method: 'POST' as const, headers, body, connections, duration: seconds, workers: 1 }
  const result = await autocannon(options)
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`)
  return { perSecond: result.requests.average, p99: result.latency.p99 }
}

async function compare(): Promise<void> {
  const origin = await stripeInItsThread()
  const agent = new Agent({ connections: 128 })
  const proxy = await listen(async (body) => {
    const answer = await agent.request({ origin, path: '/v1/coupons', method: 'POST', body })
    return await answer.body.text()
  })
  const server = await startTestServer({ stripe: origin, rateLimitPerSecond: 10_000_000 })
  const headers = { 'content-type': 'application/json', authorization: server.key }

  const ratios: { ratio: number; line: string }[] = []
  for (let round = 0; round < rounds; round += 1) {
    const bare = await load(proxy, headers)
    const own = await load(server.url + server.coupons, headers)
    const ratio = own.perSecond / bare.perSecond
    const line = `server ${own.perSecond.toFixed(0)}/s, p99 ${own.p99} ms · bare proxy ${bare.perSecond.toFixed(0)}/s, p99 ${bare.p99} ms`
    ratios.push({ ratio, line })
  }
  const [middle] = ratios.toSorted((a, b) => a.ratio - b.ratio).slice(Math.floor(rounds / 2))
  console.log(`create a coupon, ${connections} connections, ${rounds} × ${seconds} s, SQLite on disk (WAL, FULL)`)
  console.log(`${middle?.line} · ratio ${middle?.ratio.toFixed(2)}`)
  await server.close()
  process.exit()
}

if (isMainThread) await compare()
else parentPort?.postMessage(await listen(() => JSON.stringify(coupon)))
