import { createLeases } from '../../src/jobs/leases.ts'
import { createManualClock } from './clock.ts'
import { openTestDatabase } from './database.ts'
import type { DatabaseKind } from './new-database.ts'

/** A database of the test's own, and processes on it that hold leases, each with a clock of its own. */
export async function openLeases(kind: DatabaseKind) {
  const database = await openTestDatabase(kind)
  const openProcess = () => {
    const clock = createManualClock()
    return { ...createLeases(database, clock), clock }
  }
  return { database, openProcess }
}
