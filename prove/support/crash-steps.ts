import { sleep } from '../../src/lib/sleep.ts'
import type { Gate } from './gate.ts'
import type { Random } from './random.ts'
import { lockWrites } from './write-lock.ts'

type Site = {
  gate: Gate
  random: Random
  /** The database of the server. */
  location: string
  signal: (signal: NodeJS.Signals) => void
  /** Resolves with the next acknowledgement that any caller gets. */
  acknowledged: () => Promise<void>
  /** Has a caller read something through the server. */
  read: () => Promise<void>
}

/** Brings the server to where it is to be killed. What it returns is called after the kill. */
export type Step = (site: Site) => Promise<(() => Promise<void>) | void>

const coupons = /^\/v1\/coupons/
const codes = /^\/v1\/promotion_codes/
const write = (path: RegExp, when: 'before' | 'after', count: number) =>
  ({ path, method: 'POST', when, count }) as const

/** Where a server is killed. */
export const steps: Record<string, Step> = {
  'before a start is committed': async ({ location, read, random }) => {
    const unlock = await lockWrites(location)
    // The read was sent after the writes, so that they are at the lock by now.
    await read()
    await sleep(random.below(10))
    return unlock
  },

  'before Stripe acts': async ({ gate, random }) => await gate.hold(write(coupons, 'before', 1 + random.below(6))),

  'before Stripe answers': async ({ gate, random }) => await gate.hold(write(coupons, 'after', 1 + random.below(6))),

  'before an end is written': async ({ gate, location, acknowledged }) => {
    await gate.hold(write(coupons, 'before', 1))
    const unlock = await lockWrites(location)
    const told = acknowledged()
    gate.release('apply')
    await told
    return unlock
  },

  'before a job is stored': async ({ location, gate, random }) => {
    // Before a job is stored, its coupon is read.
    await gate.hold({ path: /^\/v1\/coupons\/BULK/, method: 'GET', when: 'after', count: 1 })
    const unlock = await lockWrites(location)
    gate.release('apply')
    await sleep(random.below(20))
    return unlock
  },

  'in a job, before Stripe acts': async ({ gate, random }) =>
    await gate.hold(write(codes, 'before', 1 + random.below(8))),

  'in a job, before Stripe answers': async ({ gate, random }) =>
    await gate.hold(write(codes, 'after', 1 + random.below(8))),

  'in a job, before its results are written': async ({ gate, location, random }) => {
    await gate.hold(write(codes, 'after', 1 + random.below(4)))
    const unlock = await lockWrites(location)
    gate.release('apply')
    await sleep(random.below(30))
    return unlock
  },

  'while it stops': async ({ gate, signal, random }) => {
    await gate.hold(write(coupons, 'after', 1))
    signal('SIGTERM')
    await sleep(random.below(50))
  },

  'at random': async ({ random }) => await sleep(random.below(1_000)),
}
