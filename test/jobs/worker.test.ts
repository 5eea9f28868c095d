import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { Task } from '../../src/jobs/fair-choice.ts'
import { LeaseLost } from '../../src/jobs/leases.ts'
import { createWorker, type Turn } from '../../src/jobs/worker.ts'
import { openLeases } from '../support/leases.ts'

const turnMs = 5_000
const until = async (condition: () => boolean) => await expect.poll(condition, { interval: 5 }).toBe(true)

/** A worker whose tasks never come to an end by themselves: each ends when its turn is over, as soon as the clock moves. */
async function openEndless(slots: number) {
  const { openProcess } = await openLeases('sqlite')
  const leases = openProcess()
  const { clock } = leases
  const tasks: Task[] = []
  const begun: string[] = []
  const run = async ({ lease }: Task, turn: Turn) => {
    begun.push(lease)
    while (!turn.isOver()) await clock.sleep(1, turn.signal)
  }
  const log = pino({ level: 'silent' })
  const worker = createWorker({ work: { find: async () => [...tasks], run }, leases, log, clock, slots })
  onTestFinished(() => worker.stop())
  worker.start()
  return {
    begun,
    add: (...names: string[]) => tasks.push(...names.map((lease) => ({ lease, group: lease.split('/')[0] ?? '' }))),
    /** Lets time pass until so many turns have begun. */
    begins: async (count: number) => {
      await until(() => {
        clock.advance(500)
        return begun.length >= count
      })
    },
    clock,
  }
}

test('one agency with many accounts full of work keeps another waiting for no more than one round', async () => {
  const { begun, add, begins } = await openEndless(2)
  add(...Array.from({ length: 20 }, (_, index) => `many/${index}`))
  await begins(2)
  add('one/0')
  await begins(5)
  // Both slots may have been given away while the new task was not yet known.
  expect(begun.slice(2, 5)).toContain('one/0')
})

test('the accounts of an agency take turns, and none gets a second one before each had its first', async () => {
  const { begun, add, begins } = await openEndless(2)
  add('a/1', 'a/2', 'a/3', 'a/4', 'a/5')
  await begins(5)
  expect(new Set(begun.slice(0, 5))).toEqual(new Set(['a/1', 'a/2', 'a/3', 'a/4', 'a/5']))
})

test('work goes on past its turn where nobody waits', async () => {
  const { begun, add, begins, clock } = await openEndless(3)
  add('a/1', 'a/2')
  await begins(2)
  clock.advance(10 * turnMs)
  add('b/1')
  await begins(3)
  expect(begun).toEqual(['a/1', 'a/2', 'b/1'])
})

test('a task is given back where it ends, and left alone for the lease time where it fails', async () => {
  const { openProcess } = await openLeases('sqlite')
  const leases = openProcess()
  const { clock } = leases
  let tasks: Task[] = [{ lease: 'failing', group: 'a' }]
  let runs = 0
  const run = async () => {
    runs += 1
    tasks = []
    throw new Error('Failed.')
  }
  const logged: string[] = []
  const log = pino({}, { write: (line: string) => void logged.push(line) })
  const worker = createWorker({ work: { find: async () => tasks, run }, leases, log, clock })
  onTestFinished(() => worker.stop())
  worker.start()
  await until(() => logged.some((line) => line.includes('was interrupted')))
  tasks = [{ lease: 'failing', group: 'a' }]
  const other = openProcess()
  await other.observe()
  expect(other.isFree('failing')).toBe(false)
  await until(() => {
    clock.advance(500)
    return runs === 2
  })
  expect(clock.now()).toBeGreaterThanOrEqual(5_000)
})

test('a task whose lease could not be renewed for long is not begun a second time beside itself', async () => {
  const { openProcess } = await openLeases('sqlite')
  const leases = { ...openProcess(), renew: async () => {} }
  const { clock } = leases
  let begun = 0
  let searches = 0
  const find = async () => {
    searches += 1
    return [{ lease: 'x', group: 'a' }]
  }
  const run = async (_: Task, { signal }: Turn) => {
    begun += 1
    while (!signal.aborted) await clock.sleep(1, signal)
  }
  const worker = createWorker({ work: { find, run }, leases, log: pino({ level: 'silent' }), clock })
  onTestFinished(() => worker.stop())
  worker.start()
  await until(() => {
    clock.advance(500)
    return searches >= 20
  })
  expect(begun).toBe(1)
})

test('a worker that finds its lease lost ends the turn', async () => {
  const { database, openProcess } = await openLeases('sqlite')
  const leases = openProcess()
  const { clock } = leases
  const ended: string[] = []
  const run = async (_: Task, turn: Turn) => {
    while (!turn.signal.aborted) await clock.sleep(1, turn.signal)
    ended.push(await turn.write(async () => 'written').catch((error: unknown) => String(error instanceof LeaseLost)))
  }
  const work = { find: async () => (ended.length === 0 ? [{ lease: 'x', group: 'a' }] : []), run }
  const worker = createWorker({ work, leases, log: pino({ level: 'silent' }), clock })
  onTestFinished(() => worker.stop())
  worker.start()
  const held = database.selectFrom('leases').select('epoch')
  await expect.poll(async () => (await held.execute()).length).toBe(1)
  await database.updateTable('leases').set({ epoch: 2, holder: 'another' }).execute()
  await until(() => {
    clock.advance(500)
    return ended.length === 1
  })
  expect(ended).toEqual(['true'])
})

test('two tasks of one lease run one after the other, and stopping waits for the second', async () => {
  const { openProcess } = await openLeases('sqlite')
  const released = Promise.withResolvers<void>()
  let epoch = 0
  const leases = {
    ...openProcess(),
    take: async (name: string) => {
      epoch += 1
      if (epoch > 1) await released.promise
      return { name, epoch }
    },
    release: async () => released.resolve(),
  }
  const { clock } = leases
  // An account that moved to another agency has a job of each.
  const tasks: Task[] = ['former', 'present'].map((group) => ({ lease: 'x', group }))
  const begun: string[] = []
  const ended: string[] = []
  const run = async ({ group }: Task, { signal }: Turn) => {
    begun.push(group)
    await clock.sleep(group === 'former' ? 1 : Infinity, signal)
    await new Promise(setImmediate)
    ended.push(group)
  }
  const find = async () => tasks.filter(({ group }) => !ended.includes(group))
  const worker = createWorker({ work: { find, run }, leases, log: pino({ level: 'silent' }), clock })
  onTestFinished(() => worker.stop())
  worker.start()
  await until(() => begun.length === 1)
  clock.advance(1)
  await until(() => begun.length >= 2)
  await worker.stop()
  expect(begun).toEqual(['former', 'present'])
  expect(ended).toEqual(['former', 'present'])
})
