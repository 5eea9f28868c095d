import { createAccounts } from '../../src/accounts/accounts.ts'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { type Attempt, call, send } from './callers.ts'
import { drawFaultPlan, type FaultPlan, noFaults } from './faults.ts'
import { drawIntents, type Intent, type Tenant } from './intents.ts'
import { check } from './invariants.ts'
import type { Observer } from './journal.ts'
import type { ServerProcess } from './process.ts'
import type { Wire, WireCall } from './wire.ts'
import type { World } from './world.ts'

export type Environment = {
  world: World
  wire: Wire
  observer: Observer
  /** The first two serve from the start; each of the others takes the place of one that crashed. */
  processes: ServerProcess[]
  faults: { plan: FaultPlan; calls: WireCall[]; violations: string[] }
}

/** What has happened in one history, for the invariants. */
export type Record = {
  tenants: Tenant[]
  intents: Intent[]
  attempts: Attempt[]
  calls: WireCall[]
  crashes: number
  clockSteps: number
  /** Whether reads of the database failed, so that nobody could know what was before. */
  isBlind: boolean
}

export type Outcome = { seed: number; digest: string; violations: string[]; lines: string[]; counts: Counts }
type Counts = { intents: number; requests: number; crashes: number; pauses: number; jobs: number }

const settleAfterMs = 5 * 3_600_000
const jobsEndWithinMs = 3_600_000

/** Lives through the history of one seed, and says what it broke. */
export async function runHistory(environment: Environment, seed: number): Promise<Outcome> {
  const { world, wire, observer, processes, faults } = environment
  world.begin(seed)
  const random = world.random()
  Object.assign(faults, { plan: noFaults, calls: [], violations: [] })
  observer.clear()
  wire.open()
  const up = processes.slice(0, 2)
  const spare = processes.slice(2)
  const seen = { crashes: 0, pauses: 0, clockSteps: 0, isBlind: false }
  const upProcesses = () => up.filter((server) => server.isUp())

  /** Before each event, one of the processes may crash, stop for a while, or find its clock stepped. */
  const disturb = () => {
    const { plan } = faults
    if (plan === noFaults) return
    if (seen.crashes < plan.crashesMax && random.chance(plan.crash)) crash(random.pick(up))
    if (seen.pauses < plan.pausesMax && random.chance(plan.pause)) {
      const { actor } = random.pick(up)
      actor.pausedUntil = world.now() + random.integer(500, 20_000)
      seen.pauses += 1
      world.note(`${actor.name} is paused`)
    }
    if (random.chance(plan.clockStep)) {
      const { actor } = random.pick(up)
      // Settling compares wall clocks, and is right only where they differ by less than its ten minutes.
      actor.wallOffsetMs = random.pick([-90_000, 90_000])
      seen.clockSteps += 1
      world.note(`${actor.name} has its clock set ${actor.wallOffsetMs / 1000} s off`)
    }
  }
  const crash = (server: ServerProcess) => {
    const next = spare[0]
    if (!server.isUp() || !next) return
    seen.crashes += 1
    server.crash()
    spare.shift()
    const restart = () => {
      world.note(`${next.actor.name} starts in place of ${server.actor.name}`)
      up[up.indexOf(server)] = next
      if (hasBulk) next.start()
    }
    world.schedule(random.integer(100, 8_000), restart, world.outside)
  }

  const attempts: Attempt[] = []
  const tenants = await world.drive(openTenants(environment))
  const intents = await world.drive(
    drawIntents(random, tenants, async (account, id) => {
      await wire.ask('POST', '/v1/coupons', account, `id=${id}&percent_off=10`)
    }),
  )
  const hasBulk = intents.some(({ kind }) => kind === 'bulk')
  const callers = { world, attempts, upProcesses }

  const live = async () => {
    faults.plan = drawFaultPlan(random)
    seen.isBlind = faults.plan.read > 0
    if (hasBulk) for (const server of up) server.start()
    const settling = random.chance(0.4) ? settleSometime() : undefined
    const ends = world.sleep(random.integer(10_000, 60_000)).then(() => {
      faults.plan = noFaults
    })
    await Promise.all([...intents.map((intent) => call(callers, intent)), ends, settling])
  }
  const settleSometime = async () => {
    await world.sleep(random.integer(2_000, 40_000))
    const [server] = upProcesses()
    await server?.settle()
  }
  /** Whoever still has a question asks once more, now that all is well. */
  const heal = async () => {
    world.note('all is well again')
    // Whatever is still on the wire, paused or starting.
    await world.sleep(70_000)
    const until = world.now() + jobsEndWithinMs
    while (observer.jobs().some((job) => job.finished_at === null) && world.now() < until) await world.sleep(2_000)
    for (const intent of intents) {
      if (intent.key !== undefined || intent.isGuarded) await send(callers, intent)
    }
    while (observer.jobs().some((job) => job.finished_at === null) && world.now() < until) await world.sleep(2_000)
    for (const server of upProcesses()) await server.stop()
    await world.sleep(settleAfterMs)
    await upProcesses()[0]?.settle()
  }

  const record = (): Record => ({ ...seen, tenants, intents, attempts, calls: faults.calls })
  world.onEvent(disturb)
  try {
    await world.drive(live())
    await world.drive(heal())
    faults.violations.push(...(await world.drive(check(environment, record()))))
  } catch (error) {
    // A history that does not come to its end has lost something as well.
    faults.violations.push(`The history has no end: ${String(error)}`)
  }
  const lines = world.lines()
  const digest = world.digest()
  faults.plan = noFaults
  for (const server of processes) server.release()
  await world.settle()
  for (const server of processes) server.reset()
  const { crashes, pauses } = seen
  const counts = { intents: intents.length, requests: attempts.length, crashes, pauses, jobs: hasBulk ? 1 : 0 }
  return { seed, digest, violations: [...new Set(faults.violations)], lines, counts }
}

async function openTenants({ wire, processes }: Environment): Promise<Tenant[]> {
  const database = processes[0]?.database
  if (!database) throw new Error('There is no process.')
  const tenants: Tenant[] = []
  for (const accountCount of [2, 1]) {
    const { id: agencyId } = await createAgencies(database).createAgency('An agency')
    const { secret: key } = await createApiKeys(database, 'sandbox').createKey(agencyId, 'A key')
    const accounts: string[] = []
    while (accounts.length < accountCount) {
      const { id } = await wire.ask('POST', '/v1/accounts', undefined, 'type=standard')
      await createAccounts(database, 'sandbox').connect(agencyId, String(id))
      accounts.push(String(id))
    }
    tenants.push({ agencyId, key, accounts })
  }
  return tenants
}
