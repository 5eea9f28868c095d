import { expect, onTestFinished, test } from 'vitest'
import { createLog } from '../../src/http/log.ts'
import type { Task } from '../../src/jobs/fair-choice.ts'
import { createWorker, type Turn } from '../../src/jobs/worker.ts'
import { openLeases } from '../support/leases.ts'

const task = (lease: string): Task => ({ lease, group: 'a' })

/** A worker whose tasks the test ends. It searches when its clock moves, unless something wakes it. */
async function openWorker(names: string[], slots?: number, searchEveryMs?: number) {
  const { database, openProcess } = await openLeases('sqlite')
  const own = openProcess()
  const { clock } = own
  const waiting = new Set(names)
  const begun: { lease: string; turn: Turn; end: PromiseWithResolvers<void> }[] = []
  /** When the worker searched, by its clock. */
  const searches: number[] = []
  const failures: Error[] = []
  /** What others do after the worker has looked which leases are free. */
  const meanwhile: (() => Promise<unknown>)[] = []
  const find = async () => {
    await meanwhile.shift()?.()
    searches.push(clock.now())
    const failure = failures.shift()
    if (failure) throw failure
    return [...waiting].map(task)
  }
  let isOver = false
  const run = async ({ lease }: Task, turn: Turn) => {
    const end = Promise.withResolvers<void>()
    begun.push({ lease, turn, end })
    if (isOver) end.resolve()
    await end.promise
    waiting.delete(lease)
  }
  const logged: Record<string, unknown>[] = []
  const log = createLog('info', { write: (line: string) => void logged.push(JSON.parse(line)) })
  const settings = { ...(slots !== undefined && { slots }), ...(searchEveryMs !== undefined && { searchEveryMs }) }
  const worker = createWorker({ work: { find, run }, leases: own, log, clock, ...settings })
  onTestFinished(async () => {
    // A search that is under way may begin another.
    isOver = true
    const stopped = worker.stop()
    for (const { end } of begun) end.resolve()
    await stopped
  })
  const rows = async () => await database.selectFrom('leases').selectAll().orderBy('name').execute()
  const begunLeases = () => begun.map(({ lease }) => lease)
  const hasBegun = async (...expected: string[]) => await expect.poll(begunLeases, { interval: 5 }).toEqual(expected)
  /** Lets time pass until the worker has searched so often. */
  const searched = async (times: number) =>
    await expect
      .poll(
        () => {
          clock.advance(500)
          return searches.length
        },
        { interval: 5 },
      )
      .toBeGreaterThanOrEqual(times)
  const ofWorker = { worker, clock, begun, begunLeases, searches, failures, logged, meanwhile, waiting }
  return { ...ofWorker, database, openProcess, rows, hasBegun, searched }
}

test('a task that runs long keeps its lease, which is renewed every second and a half', async () => {
  const { worker, clock, rows, hasBegun } = await openWorker(['x'])
  worker.start()
  await hasBegun('x')
  const renewals = async () => {
    clock.advance(500)
    return (await rows())[0]?.renewals
  }
  await expect.poll(renewals).toBeGreaterThanOrEqual(3)
  expect(clock.now()).toBeGreaterThanOrEqual(4_500)
  expect(await rows()).toMatchObject([{ name: 'x', epoch: 1, holder: expect.any(String) }])
})

test('a lease is given back where its task ends, and is renewed no more', async () => {
  const { worker, begun, clock, rows, hasBegun, searched, searches } = await openWorker(['x'])
  worker.start()
  await hasBegun('x')
  begun[0]?.end.resolve()
  await expect.poll(rows).toMatchObject([{ name: 'x', holder: null }])
  clock.advance(10_000)
  await searched(searches.length + 1)
  expect(await rows()).toMatchObject([{ holder: null, renewals: 0 }])
})

test('no more tasks run at once than there are slots, and none runs twice at once', async () => {
  const { worker, begunLeases, searched } = await openWorker(['x', 'y', 'z'], 2)
  worker.start()
  await searched(4)
  expect(begunLeases()).toEqual(['x', 'y'])
})

test('a slot that gets free is given away at once, not with the next search by the clock', async () => {
  const { worker, begun, hasBegun, clock } = await openWorker(['x', 'y'], 1)
  worker.start()
  await hasBegun('x')
  begun[0]?.end.resolve()
  await hasBegun('x', 'y')
  expect(clock.now()).toBe(0)
})

test('unless told, twenty tasks run at once', async () => {
  const names = Array.from({ length: 21 }, (_, index) => `x/${String(index).padStart(2, '0')}`)
  const { worker, begunLeases, searched } = await openWorker(names)
  worker.start()
  await searched(3)
  expect(begunLeases()).toEqual(names.slice(0, 20))
})

test('the worker searches every half second', async () => {
  const { worker, searches, searched } = await openWorker([])
  worker.start()
  await searched(2)
  expect(searches[1]).toBeGreaterThanOrEqual(500)
})

test('a search that fails is logged, and the database left alone for five seconds', async () => {
  const { worker, failures, logged, searches, searched } = await openWorker([])
  failures.push(new Error('No database.'))
  worker.start()
  await searched(2)
  expect(searches[1]).toBeGreaterThanOrEqual(5_000)
  expect(logged).toMatchObject([{ level: 40, err: { message: 'No database.' } }])
  expect(logged[0]?.['msg']).toBe('the database does not answer the worker')
})

test('a worker that stops tells what it runs, lets it end, gives the leases back and begins nothing more', async () => {
  const { worker, begun, rows, hasBegun, logged } = await openWorker(['x', 'y'], 1)
  worker.start()
  await hasBegun('x')
  const { turn, end } = begun[0] ?? {}
  expect([turn?.isOver(), turn?.signal.aborted]).toEqual([false, false])
  let hasStopped = false
  const stopped = worker.stop().then(() => (hasStopped = true))
  expect([turn?.isOver(), turn?.signal.aborted]).toEqual([true, true])
  expect(hasStopped).toBe(false)
  end?.resolve()
  await stopped
  await hasBegun('x')
  expect(await rows()).toMatchObject([{ name: 'x', holder: null }])
  expect(logged).toEqual([])
})

test('a worker that was never started stops at once', async () => {
  await expect((await openWorker([])).worker.stop()).resolves.toBe(undefined)
})

test('a task that fails is logged as an error', async () => {
  const { worker, begun, hasBegun, logged } = await openWorker(['x'])
  worker.start()
  await hasBegun('x')
  begun[0]?.end.reject(new Error('Failed.'))
  await expect.poll(() => logged).toMatchObject([{ level: 50, lease: 'x', err: { message: 'Failed.' } }])
  expect(logged[0]?.['msg']).toBe('the work was interrupted')
})

test('a task whose lease another process has taken is logged as taken over, and its turn is over', async () => {
  const { worker, database, begun, clock, hasBegun, logged } = await openWorker(['x'])
  worker.start()
  await hasBegun('x')
  await database.updateTable('leases').set({ epoch: 2, holder: 'another' }).execute()
  clock.advance(1_500)
  const { turn, end } = begun[0] ?? {}
  await expect.poll(() => turn?.isOver()).toBe(true)
  await turn?.write(async () => {}).catch((error: unknown) => end?.reject(error))
  await expect.poll(() => logged).toMatchObject([{ level: 40, lease: 'x' }])
  expect(logged[0]?.['msg']).toBe('another process has taken over the work')
})

test('what a turn writes is written while it has the lease', async () => {
  const { worker, database, begun, hasBegun } = await openWorker(['x'])
  worker.start()
  await hasBegun('x')
  await begun[0]?.turn.write(async (transaction) => {
    await transaction.insertInto('agencies').values({ id: 'ag', name: 'A', created_at: 1 }).execute()
  })
  expect(await database.selectFrom('agencies').select('id').execute()).toEqual([{ id: 'ag' }])
})

test('a lease that another process holds is left to it', async () => {
  const { worker, openProcess, begunLeases, searched } = await openWorker(['x', 'y'])
  await openProcess().take('x')
  worker.start()
  await searched(3)
  expect(begunLeases()).toEqual(['y'])
})

test('a turn is over after five seconds where another task waits, and not before', async () => {
  const { worker, begun, clock, searches, hasBegun } = await openWorker(['x', 'y'], 1, 1)
  clock.advance(10_000)
  worker.start()
  await hasBegun('x')
  const searchAgain = () => {
    clock.advance(1)
    return searches.length
  }
  await expect.poll(searchAgain, { interval: 5 }).toBeGreaterThanOrEqual(2)
  const isOver = () => begun[0]?.turn.isOver()
  clock.advance(14_999 - clock.now())
  expect(isOver()).toBe(false)
  clock.advance(1)
  expect(isOver()).toBe(true)
})

test('a lease that another process takes at the same moment is left to it', async () => {
  const { worker, openProcess, meanwhile, begunLeases, searched } = await openWorker(['x', 'y'])
  meanwhile.push(() => openProcess().take('x'))
  worker.start()
  await searched(2)
  expect(begunLeases()).toEqual(['y'])
})
