/**
 * `npm run prove -- faults`: one server process, 32 callers, and a Stripe of which 30 % of the requests meet one of some forty
 * faults: of the network, of HTTP, of JSON, and Stripe's own refusals.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../src/database/database.ts'
import { migrate } from '../src/database/migrate.ts'
import { sleep } from '../src/lib/sleep.ts'
import { createCaller } from './support/caller.ts'
import { checkSettling } from './support/check-settling.ts'
import { checkAcknowledged, checkAlways, checkJobs, checkOutcomes } from './support/checks.ts'
import { startProcess } from './support/process.ts'
import type { Options, Result } from './support/program.ts'
import { createRandom } from './support/random.ts'
import { makeTenants } from './support/tenants.ts'
import { timeoutMs, wireFaults } from './support/wire-faults.ts'
import { openWire, stripeKey } from './support/wire.ts'

const share = 0.3
const callersCount = 32
const tenantsCount = 8
const codesPerJob = 5
/** How often the port is closed for a moment, so that connections are refused. */
const refuseEveryMs = 3_000
const refuseMs = 100

/** How many operations, requests and faults there were, and what broke. */
export async function run({ quick, seed }: Options): Promise<Result> {
  const random = createRandom(seed)
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-faults-'))
  const faults: Record<string, number> = {}
  const hit = (name: string) => (faults[name] = (faults[name] ?? 0) + 1)
  let requests = 0
  const over = new AbortController()
  const wire = await openWire(async (exchange) => {
    requests += 1
    if (over.signal.aborted || !random.chance(share)) return exchange.reply(await exchange.apply())
    const [name, play] = random.pick(Object.entries(wireFaults))
    hit(name)
    await play(exchange)
  })

  const database = openDatabase(join(folder, 'chatdash.db'))
  await migrate(database)
  const tenants = await makeTenants(database, wire, tenantsCount)
  const environment = {
    DATA_DIR: folder,
    STRIPE_SECRET_KEY: stripeKey,
    // A name, so that looking it up can fail.
    STRIPE_API_BASE: `http://stripe.test:${wire.port}`,
    STRIPE_TIMEOUT_MS: String(timeoutMs),
    STRIPE_RETRIES: '1',
    RATE_LIMIT_PER_SECOND: '100000',
    BULK_CODES_PER_SECOND: '200',
  }
  const names = new URL('support/failing-names.ts', import.meta.url).href
  const server = startProcess(environment, ['serve'], ['--import', names])
  const url = await server.listening

  const callers = Array.from({ length: callersCount }, (_, index) =>
    createCaller({
      name: `f${index}`,
      tenant: tenants[index % tenants.length] ?? random.pick(tenants),
      wire,
      random,
      url: async () => url,
      codes: codesPerJob,
      bulkShare: 0.02,
      retryMs: 50,
    }),
  )
  let left = quick ? 1_000 : 20_000
  const refusing = async () => {
    for (;;) {
      await sleep(refuseEveryMs, over.signal)
      if (over.signal.aborted) return
      await wire.refuse(refuseMs)
      hit('refuses connections')
    }
  }
  const refused = refusing()
  await Promise.all(
    callers.map(async (caller) => {
      while (left-- > 0) await caller.act()
    }),
  )
  const violations = await checkJobs(callers, wire, codesPerJob)
  over.abort()
  await refused
  const code = await server.end('SIGTERM')
  if (code !== 0) violations.push(`The server ended with ${code}: ${server.output()}`)
  violations.push(...(await checkAlways(database, wire)), ...(await checkOutcomes(database, wire)))
  violations.push(...(await checkAcknowledged(callers, wire)), ...callers.flatMap((caller) => caller.violations))

  const settling = await checkSettling(database, wire)
  violations.push(...settling.violations)

  const counts: Record<string, number> = {
    'kinds of faults': Object.keys(faults).length,
    ...faults,
    ...settling.counts,
  }
  counts['requests to Stripe'] = requests
  for (const caller of callers) {
    for (const [what, more] of Object.entries(caller.counts)) counts[what] = (counts[what] ?? 0) + more
    counts['jobs'] = (counts['jobs'] ?? 0) + new Set(caller.jobs).size
  }
  await database.destroy()
  wire.close()
  rmSync(folder, { recursive: true })
  return { counts, violations }
}
