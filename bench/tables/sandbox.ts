import { join } from 'node:path'
import { compare } from '../compare.ts'
import { cli, type Contestant, contestant, startConstant } from '../contestants/contestants.ts'
import { requestText } from '../load/wire.ts'
import type { Benchmark } from '../main.ts'
import { newFolder, removeFolder, start } from '../process.ts'
import { comparisonTable, type Table, whole } from '../report.ts'
import { storeCoupons } from './sandbox-rows.ts'

const headers = { authorization: 'Bearer sk_test_bench', 'stripe-version': '2026-10-28.endive' }
const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
const coupon = 'percent_off=25.5&duration=repeating&duration_in_months=3&name=Spring%20sale&metadata[campaign]=spring'

/** The requests of each operation, given the ids of stored coupons. In this order: a list of 10 needs more than one coupon. */
const operations: Record<string, (ids: string[]) => string[]> = {
  create: () => [requestText('POST', '/v1/coupons', form, coupon)],
  'create with an Idempotency-Key': () => [
    requestText('POST', '/v1/coupons', { ...form, 'idempotency-key': 'bench-<n>' }, coupon),
  ],
  retrieve: (ids) => ids.map((id) => requestText('GET', `/v1/coupons/${id}`, headers)),
  'list of 10': () => [requestText('GET', '/v1/coupons', headers)],
}

/** `chatdash sandbox`, kept on disk, beside bare node:http with a constant answer of the same size. */
export const sandbox: Benchmark = async (load, scale) => {
  const sandboxes = []
  for (const stored of [1, scale.isQuick ? 10_000 : 1_000_000]) sandboxes.push(await startSandbox(stored))
  const tables: Table[] = []
  for (const [operation, requestsFor] of Object.entries(operations)) {
    const [first] = sandboxes
    const [sample = ''] = requestsFor(first?.ids ?? [])
    const constant = await startConstant(await answerTo(first?.contestant.urls[0] ?? '', sample))
    const compared = [
      { contestant: constant, requests: requestsFor(first?.ids ?? []) },
      ...sandboxes.map(({ contestant: one, ids }) => ({ contestant: one, requests: requestsFor(ids) })),
    ]
    tables.push(comparisonTable(`Sandbox: ${operation}, 32 connections`, await compare(load, compared, scale)))
    await constant.stop()
  }
  for (const { contestant: one } of sandboxes) await one.stop()
  return tables
}

async function startSandbox(stored: number): Promise<{ contestant: Contestant; ids: string[] }> {
  const folder = newFolder()
  const file = join(folder, 'sandbox.db')
  const ids = storeCoupons(file, stored)
  const process = await start([cli, 'sandbox', '--port', '0', '--data', file])
  const name = `${whole(stored)} stored at the start`
  return { contestant: contestant(name, [process], [], async () => removeFolder(folder)), ids }
}

/** The body of the sandbox's answer to a whole request. */
async function answerTo(url: string, request: string): Promise<string> {
  const [head = '', body = ''] = request.split('\r\n\r\n')
  const [method = '', path = ''] = head.split(' ')
  return await (await fetch(url + path, { method, headers: form, ...(body !== '' && { body }) })).text()
}
