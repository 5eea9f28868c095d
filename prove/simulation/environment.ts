import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../src/database/migrate.ts'
import { noFaults } from './faults.ts'
import { replaceGlobals } from './globals.ts'
import type { Environment } from './history.ts'
import { openObserver } from './journal.ts'
import { openDisk } from './disk.ts'
import { openProcess, type ServerProcess } from './process.ts'
import { createActor } from './queue.ts'
import { createWire, type WireCall } from './wire.ts'
import { createWorld } from './world.ts'

/** Linux's file system in memory, where a commit costs no disk. */
const memory = '/dev/shm'
/** Two that serve, and one for each crash of a history. */
const processesMax = 5

/** Opens what all histories of a process share, and from then on this process has the world's time and no other. */
export async function openEnvironment(): Promise<Environment & { close(): void }> {
  const world = createWorld()
  const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'chatdash-simulation-'))
  const path = join(folder, 'simulation.db')
  const faults: Environment['faults'] = { plan: noFaults, calls: [], violations: [] }
  const plan = () => faults.plan
  const first = openDisk(world, createActor('first'), path, plan)
  await migrate(first.database)
  const observer = openObserver(path)

  /** Where a write leaves for Stripe, its start must be on disk, and the account must be the caller's. */
  const onWrite = (call: WireCall) => {
    faults.calls.push(call)
    const { attempt, method, path: to, account } = call
    if (!observer.hasStart(call)) faults.violations.push(`journal: ${method} ${to} leaves without a start.`)
    if (attempt && !attempt.intent.tenant.accounts.includes(account)) {
      faults.violations.push(
        `isolation: ${attempt.intent.name} of ${attempt.intent.tenant.agencyId} writes to ${account}.`,
      )
    }
    attempt?.calls.push(call)
  }
  const wire = createWire(world, plan, onWrite)
  const processes: ServerProcess[] = []
  for (let number = 0; number < processesMax; number += 1) {
    processes.push(await openProcess(world, wire, path, number, plan))
  }
  replaceGlobals(world)
  world.begin(0)
  wire.open()
  for (const server of processes) await world.drive(server.warmUp())
  return {
    world,
    wire,
    observer,
    processes,
    faults,
    close() {
      observer.close()
      rmSync(folder, { recursive: true })
    },
  }
}
