import { Agent } from 'undici'
import { couponsOf } from '../test/support/server.ts'
import { forkServer, type ForkedServer } from './support/fork.ts'
import { createDraw, type Draw } from './support/draw.ts'
import { bytesFrom, exchangeBytes } from './support/fuzz-bytes.ts'
import { brokenRule, documentViolation } from './support/fuzz-checks.ts'
import { Ledger } from './support/fuzz-model.ts'
import { requestFrom, type Scene } from './support/fuzz-requests.ts'
import type { Options } from './support/program.ts'
import { furnish } from './support/targets.ts'
import { asCurl, exchange } from './support/exchange.ts'

const lanes = 16
const violationsMax = 20
/** Beyond what it had after a quarter, for caches that are still filling: a leak of 1 kB a request would be 75 MB. */
const growthMax = 48 * 2 ** 20

/**
 * Sends requests from valid to hostile at all operations, and bytes that are none. No answer may be a 5xx, show a secret or a stack, or be
 * other than documented; what was refused may have changed nothing; the process lives, and its memory stays flat.
 */
export async function run({ quick, seed }: Options) {
  const total = quick ? 3_000 : 100_000
  const batchSize = quick ? 750 : 1_000
  const limits = { publicPerSecond: 1_000_000, unknownKeysPerSecond: 1_000_000 }
  const server = await forkServer({ limits, bulkPendingCodesMax: 10_000_000 })
  const draw = createDraw(seed)
  const violations: string[] = []
  const counts: Record<string, number> = { requests: 0, 'of raw bytes': 0, 'bytes without an answer': 0 }
  const memory: { rss: number; used: number }[] = []
  try {
    for (let done = 0; done < total && violations.length < violationsMax; done += batchSize) {
      violations.push(...(await runBatch(server, { draw, counts, size: batchSize })))
      if ((done + batchSize) % (total / 4) === 0) memory.push(await server.call('memory'))
    }
    const { lines, suspicious } = await server.call('log')
    violations.push(...suspicious.map((line) => `The log has an error or a secret: ${line}`))
    counts['log lines'] = lines
  } finally {
    if (!server.isAlive()) violations.push('The server’s process has ended.')
    await server.close()
  }
  const [first, ...later] = memory
  const growth = Math.max(...later.map(({ used }) => used - (first?.used ?? 0)))
  if (growth > growthMax)
    violations.push(`The heap has grown by ${megabytes(growth)} MB since a quarter of the requests.`)
  for (const [quarter, { rss, used }] of memory.entries()) {
    counts[`heap after quarter ${quarter + 1}, MB`] = megabytes(used)
    counts[`RSS after quarter ${quarter + 1}, MB`] = megabytes(rss)
  }
  return { counts, violations }
}

type Batch = { draw: Draw; counts: Record<string, number>; size: number }

/** A batch works on an account of its own, so that what is there at its end can be compared with what was answered. */
async function runBatch(server: ForkedServer, { draw, counts, size }: Batch): Promise<string[]> {
  const { tenant } = server
  const other = await server.call('openTenant')
  const accountId = await server.call('connectAnother', tenant.agencyId)
  const lastEvent = (await server.call('eventsAfter', tenant.agencyId, 0)).at(-1)?.seq ?? 0
  const others = await furnish(server, other, 'fuzz')
  const ledger = new Ledger()
  const scene: Scene = { key: tenant.key, otherKey: other.key, ids: await idsFor(server, accountId, ledger, others) }
  const agent = new Agent({ connections: lanes })
  const violations: string[] = []
  let left = size
  const lane = async () => {
    for (; left > 0 && violations.length < violationsMax; left -= 1) {
      counts['requests'] = (counts['requests'] ?? 0) + 1
      const found = draw.chance(0.12) ? await sendBytes() : await sendRequest()
      if (found !== undefined) violations.push(found)
    }
  }
  const sendBytes = async () => {
    const bytes = bytesFrom(tenant.coupons, tenant.key, draw)
    counts['of raw bytes'] = (counts['of raw bytes'] ?? 0) + 1
    const answers = await exchangeBytes(Number(new URL(server.url).port), bytes)
    if (answers.length === 0) counts['bytes without an answer'] = (counts['bytes without an answer'] ?? 0) + 1
    const broken = answers
      .map((answer) => brokenRule('POST', answer, bytes.toString()))
      .find((rule) => rule !== undefined)
    return broken === undefined ? undefined : `${broken} to ${JSON.stringify(bytes.toString('latin1').slice(0, 2_000))}`
  }
  const sendRequest = async () => {
    const sent = requestFrom(scene, draw)
    try {
      const received = await exchange(agent, server.url, sent)
      const { method, path } = sent
      const sentText = path + JSON.stringify(sent.headers) + String(sent.body ?? '')
      const broken = brokenRule(method, received, sentText) ?? documentViolation(method, path, received)
      if (broken !== undefined) return `${broken}\n    ${asCurl(sent)}`
      const status = `answers of ${Math.floor(received.status / 100)}xx`
      counts[status] = (counts[status] ?? 0) + 1
      // What the other agency does to its own keys is not in this one's journal.
      if (!sent.headers['authorization']?.includes(other.key)) ledger.add(sent, received)
      return undefined
    } catch (error) {
      return `got no answer (${String(error)})\n    ${asCurl(sent)}`
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  await agent.close()
  const objects = [
    ...(await server.call('atStripe', accountId, 'coupons')),
    ...(await server.call('atStripe', accountId, 'promotion_codes')),
  ]
  const events = await server.call('eventsAfter', tenant.agencyId, lastEvent)
  return [...violations, ...ledger.violationsOf(objects), ...ledger.violationsIn(events)]
}

/** Objects to ask for: some of the account's, which the ledger knows, one of another agency and one that does not exist. */
async function idsFor(server: ForkedServer, accountId: string, ledger: Ledger, others: Record<string, string>) {
  const own = { ...server.tenant, accountId, coupons: couponsOf(accountId) }
  const furnished = await Promise.all(
    [0, 1, 2, 3].map((index) => furnish(server, own, `fuzz-${index}`, ledger.add.bind(ledger))),
  )
  const each = (name: keyof (typeof furnished)[number], ...more: string[]) => [
    ...furnished.map((ids) => ids[name]),
    ...more,
  ]
  return {
    accountId: [accountId],
    couponId: each('couponId', others['couponId'] ?? '', 'FUZZ1', 'FUZZ2', 'FUZZ3'),
    promotionCodeId: each('promotionCodeId', others['promotionCodeId'] ?? ''),
    jobId: each('jobId', others['jobId'] ?? ''),
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20)
