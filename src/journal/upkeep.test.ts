import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { JournalEvent } from './events.ts'
import type { Seals } from './sealing.ts'
import type { Settle, Settled } from './settle.ts'
import { createUpkeep } from './upkeep.ts'

const minute = 60_000
const day = 24 * 60 * minute
const start = 100 * day

type Work = { settled?: Settled[]; removed?: number[]; seal?: () => Promise<number>; failure?: Error }

/** Upkeep whose clock and waits are the test's; `done` says what it asked for, `logged` what it told the operator. */
function open(keepDays: number, { settled = [], removed = [], seal = async () => 0, failure }: Work = {}) {
  const done: unknown[] = []
  const logged: { level: number; msg: string; change?: string }[] = []
  let now = start
  const waits = new Map<number, () => void>()
  const seals = {
    seal: async () => {
      done.push('seal')
      if (failure) throw failure
      return await seal()
    },
    removeBefore: async (time: number) => {
      done.push(`remove before ${time - now}`)
      if (failure) throw failure
      return removed.shift() ?? 0
    },
  } as Pick<Seals, 'seal' | 'removeBefore'> as Seals
  const settle: Settle = async function* (options) {
    done.push(options)
    if (failure) throw failure
    yield* settled
  }
  const upkeep = createUpkeep({
    seals,
    settle,
    keepDays,
    log: pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        waits.set(ms, resolve)
        if (signal?.aborted === true) resolve()
        signal?.addEventListener('abort', () => resolve())
      }),
  })
  upkeep.start()
  return {
    upkeep,
    done,
    logged,
    settled,
    waits,
    /** Lets the work that is due so often be done once, at this time after the start. */
    pass: async (every: number, at = 0) => {
      now = start + at
      const go = waits.get(every)
      waits.delete(every)
      go?.()
      await expect.poll(() => waits.has(every)).toBe(true)
    },
  }
}

const verdict = { outcome: 'applied', objectId: 'TEN', sentence: 'Stripe has TEN.' } as const
const event = { id: 'chg_1' } as JournalEvent
const since = (at: number, back: number) => ({ since: start + at - back, now: start + at, actor: 'worker' })

test('the journal is sealed every five seconds, settled every minute and rid of old events every hour', async () => {
  const { upkeep, waits, pass, done } = open(3)
  expect([...waits.keys()]).toEqual([5_000, minute, 60 * minute])
  await pass(5_000)
  await pass(5_000)
  expect(done).toEqual(['seal', 'seal'])
  await upkeep.stop()
})

test('events are kept for ever where no days are named', async () => {
  const { upkeep, waits } = open(0)
  expect([...waits.keys()]).toEqual([5_000, minute])
  await upkeep.stop()
})

test('settling begins seven days back, and goes on from twice the longest call before the last time', async () => {
  const { upkeep, pass, done, logged } = open(0, { settled: [{ event, verdict }] })
  await pass(minute)
  await pass(minute, 5 * minute)
  expect(done).toEqual([since(0, 7 * day), { ...since(5 * minute, 0), since: start - 20 * minute }])
  expect(logged).toMatchObject(
    [1, 2].map(() => ({ change: 'chg_1', msg: 'a change without an answer is settled', ...verdict })),
  )
  await upkeep.stop()
})

test('settling goes back as far again where Stripe could not be asked', async () => {
  const { upkeep, pass, done, settled, logged } = open(0, { settled: [{ event, failure: 'Stripe is away.' }] })
  await pass(minute)
  settled.length = 0
  await pass(minute, minute)
  await pass(minute, 2 * minute)
  expect(done).toEqual([
    since(0, 7 * day),
    { ...since(minute, 0), since: start - 7 * day },
    { ...since(2 * minute, 0), since: start + minute - 20 * minute },
  ])
  expect(logged).toEqual([])
  await upkeep.stop()
})

test('a task that has not succeeded yet counts as done at the start, so that its time grows old', async () => {
  const times = async (work: Work) => {
    const { upkeep, pass } = open(0, work)
    await pass(5_000, minute)
    await upkeep.stop()
    return Object.fromEntries(upkeep.state().succeededAt)
  }
  expect(await times({ failure: new Error('The database is read-only.') })).toEqual({ sealing: start, settling: start })
  expect(await times({})).toEqual({ sealing: start + minute, settling: start })
})

test('old events are removed until none is left', async () => {
  const { upkeep, pass, done } = open(3, { removed: [20, 5] })
  await pass(60 * minute)
  expect(done).toEqual([1, 2, 3].map(() => `remove before ${-3 * day}`))
  await upkeep.stop()
})

test.each([
  ['sealing', 5_000],
  ['settling', minute],
  ['removing', 60 * minute],
])('%s that fails is logged and done again', async (name, every) => {
  const { upkeep, pass, done, logged } = open(3, { failure: new Error('full') })
  await pass(every)
  await pass(every)
  expect(done).toHaveLength(2)
  const err = expect.objectContaining({ message: 'full' })
  const warned = { level: 40, msg: `the journal: ${name} did not succeed`, err }
  expect(logged).toMatchObject([warned, warned])
  await upkeep.stop()
})

test('it stops once what is being done has ended, and begins nothing more', async () => {
  const held = Promise.withResolvers<number>()
  const { upkeep, waits, done } = open(3, { seal: () => held.promise })
  waits.get(5_000)?.()
  await expect.poll(() => done).toEqual(['seal'])
  let hasStopped = false
  const stopped = upkeep.stop().then(() => (hasStopped = true))
  for (const go of waits.values()) go()
  await nextTurn()
  expect(hasStopped).toBe(false)
  held.resolve(0)
  await stopped
  expect(done).toEqual(['seal'])
})

test('what is being settled or removed while it stops is the last', async () => {
  const settled: Settled[] = [
    { event, verdict },
    { event, verdict },
  ]
  const opened = open(3, { settled, removed: [20, 20] })
  const stopped = Promise.withResolvers<void>()
  opened.settled.splice(0, 1, {
    event,
    get verdict() {
      void opened.upkeep.stop().then(stopped.resolve)
      return verdict
    },
  })
  opened.waits.get(minute)?.()
  await stopped.promise
  expect(opened.logged).toHaveLength(1)
  expect(opened.done).toHaveLength(1)
})
