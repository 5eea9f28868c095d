import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { sleep } from '../../src/lib/sleep.ts'
import { type DatabaseKind, newDatabase } from '../../test/support/server.ts'
import { createCaller } from './caller.ts'
import { checkSettling } from './check-settling.ts'
import { checkAcknowledged, checkAlways, checkJobs, checkOutcomes } from './checks.ts'
import { steps } from './crash-steps.ts'
import { createGate } from './gate.ts'
import { startProcess } from './process.ts'
import type { Result } from './program.ts'
import type { Random } from './random.ts'
import { makeTenants } from './tenants.ts'
import { openWire, stripeKey } from './wire.ts'

type Options = { kind: DatabaseKind; kills: number; random: Random; first: number }

const callersPerEpisode = 8
const tenantsPerEpisode = 4
const codesPerJob = 12
/** A step that is not reached in this time, on a machine that is very busy, is killed where it stands, and counted as missed. */
const reachMs = 60_000
const duringTheStart = 'during the start'
const names = [...Object.keys(steps), duringTheStart]

/** One database from its first start to its last, with so many kills between them. */
export async function playEpisode({ kind, kills, random, first }: Options): Promise<Result> {
  const counts: Record<string, number> = {}
  const count = (what: string, more = 1) => (counts[what] = (counts[what] ?? 0) + more)
  const violations: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-crash-'))
  const { location, drop } = await newDatabase(kind, folder)
  const gate = createGate()
  const wire = await openWire(async (exchange) => await gate.pass(exchange))
  const environment = {
    DATA_DIR: folder,
    ...(kind === 'postgres' && { DATABASE_URL: location }),
    STRIPE_SECRET_KEY: stripeKey,
    STRIPE_API_BASE: `http://127.0.0.1:${wire.port}`,
    STRIPE_TIMEOUT_MS: '80000',
    RATE_LIMIT_PER_SECOND: '100000',
    BULK_CODES_PER_SECOND: '100',
  }

  // Also a database that is not there yet has to survive a kill.
  const early = startProcess(environment)
  await sleep(random.below(1_500))
  await early.end('SIGKILL')
  count(`killed ${duringTheStart}`)

  const database = openDatabase(location)
  await migrate(database)
  const tenants = await makeTenants(database, wire, tenantsPerEpisode)

  let url = Promise.withResolvers<string>()
  const healing = new AbortController()
  const callers = Array.from({ length: callersPerEpisode }, (_, index) =>
    createCaller({
      name: `c${index}`,
      tenant: tenants[index % tenants.length] ?? random.pick(tenants),
      wire,
      random,
      url: () => url.promise,
      codes: codesPerJob,
      bulkShare: 0.15,
      retryMs: 20,
    }),
  )
  const acting = callers.map(async (caller) => {
    while (!healing.signal.aborted) await caller.act()
  })
  const total = () => callers.reduce((sum, caller) => sum + caller.counts.acknowledged, 0)
  const acknowledged = async () => {
    for (const before = total(); total() === before;) await sleep(1)
  }

  const live = async (name: string) => {
    const server = startProcess(environment)
    const step = steps[name]
    if (!step) {
      await sleep(random.below(800))
      await server.end('SIGKILL')
      return
    }
    const here = await server.listening
    const read = async () => await callers[0]?.glance(here)
    const { signal } = server
    const reached = step({ gate, random, location, signal, acknowledged, read })
    url.resolve(here)
    const isReached = await Promise.race([reached.then(() => true), sleep(reachMs).then(() => false)])
    if (!isReached) count('steps that were not reached')
    url = Promise.withResolvers()
    await server.end('SIGKILL')
    gate.release(random.chance(0.5) ? 'apply' : 'drop')
    const after = isReached ? await reached : undefined
    await after?.()
  }

  for (let kill = 1; kill < kills && violations.length === 0; kill += 1) {
    const name = names[(first * kills + kill) % names.length] ?? duringTheStart
    await live(name)
    count(`killed ${name}`)
    violations.push(...(await checkAlways(database, wire)), ...(await checkAcknowledged(callers, wire)))
  }

  const last = startProcess(environment)
  url.resolve(await last.listening)
  healing.abort()
  await Promise.all(acting)
  violations.push(...(await checkJobs(callers, wire, codesPerJob)))
  const code = await last.end('SIGTERM')
  if (code !== 0) violations.push(`The last process ended with ${code}: ${last.output()}`)
  violations.push(...(await checkAlways(database, wire)), ...(await checkOutcomes(database, wire)))
  violations.push(...(await checkAcknowledged(callers, wire)))
  const settling = await checkSettling(database, wire)
  violations.push(...settling.violations)
  for (const [what, more] of Object.entries(settling.counts)) count(what, more)
  const verify = startProcess(environment, ['journal', 'verify'])
  if ((await verify.end()) !== 0) violations.push(`journal verify: ${verify.output()}`)

  for (const caller of callers) {
    violations.push(...caller.violations)
    for (const [what, more] of Object.entries(caller.counts)) count(what, more)
    count('jobs', new Set(caller.jobs).size)
  }
  count(`kills on ${kind}`, kills)
  await database.destroy()
  wire.close()
  await drop()
  rmSync(folder, { recursive: true })
  return { counts, violations }
}
