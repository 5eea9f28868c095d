import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { WireResponse } from '../../src/lib/wire.ts'
import { errorWith, openBulk } from '../support/bulk-stripe.ts'
import { createManualClock } from '../support/clock.ts'
import { databases } from '../support/server.ts'

const unpaced = Infinity

describe.each(databases)('a worker, on %s', (database) => {
  /** A job of one code, whose calls to Stripe are held one by one until the test answers them. */
  const openHeld = async () => {
    const held: ((response: WireResponse | 'real') => void)[] = []
    const opened = await openBulk(database, async (_, answer) => {
      const response = await new Promise<WireResponse | 'real'>((resolve) => held.push(resolve))
      return response === 'real' ? await answer() : response
    })
    const { id } = await opened.accepted({ codes: ['ONLY'] })
    const startWorker = () => {
      const clock = createManualClock()
      return { clock, stop: opened.server.startBulkWorker(unpaced, { clock }) }
    }
    /** Waits for so many calls while the clock runs. */
    const calls = async (count: number, clock: ReturnType<typeof createManualClock>) => {
      const isCalled = () => {
        clock.advance(250)
        return held.length
      }
      await expect.poll(isCalled, { interval: 10 }).toBe(count)
    }
    return { ...opened, id, held, startWorker, calls }
  }

  test('that was paused cannot write after another one has taken over', async () => {
    const { server, id, codes, finished, held, startWorker, calls } = await openHeld()
    const paused = startWorker()
    await calls(1, paused.clock)
    // From here on the first worker's clock stands still, so that it renews nothing.
    const second = startWorker()
    await calls(2, second.clock)

    held[0]?.(errorWith(400, { type: 'invalid_request_error' }))
    const isFenced = () => server.logged.some((line) => line.includes('another process has taken over the work'))
    await expect.poll(isFenced).toBe(true)
    expect(await codes(id)).toMatchObject([{ status: 'pending', error: null }])

    held[1]?.('real')
    expect(await finished(id)).toMatchObject({ succeeded: 1, failed: 0, codes: [{ status: 'created' }] })
  })

  test('keeps its work, and begins nothing twice, when the wall clock is set an hour forward or back', async () => {
    const { server, id, find, finished, held, startWorker, calls } = await openHeld()
    const first = startWorker()
    await calls(1, first.clock)
    const epochs = () => server.database.selectFrom('leases').select('epoch').execute()
    const second = startWorker()
    onTestFinished(() => void vi.useRealTimers())
    for (const hours of [1, -1]) {
      vi.useFakeTimers({ toFake: ['Date'], now: performance.timeOrigin + performance.now() + hours * 3_600_000 })
      for (let time = 0; time < 20; time += 1) {
        second.clock.advance(100)
        await find(id)
      }
      expect(await epochs()).toEqual([{ epoch: 1 }])
    }
    held[0]?.('real')
    expect(await finished(id)).toMatchObject({ succeeded: 1 })
    expect(held).toHaveLength(1)
  })

  test('that stops gives its work back, so that another one goes on at once', async () => {
    const { id, finished, held, startWorker, calls, accepted } = await openHeld()
    const first = startWorker()
    await calls(1, first.clock)
    const stopped = first.stop()
    held[0]?.('real')
    await stopped
    const next = await accepted({ codes: ['NEXT'] })
    const second = startWorker()
    await expect.poll(() => held.length).toBe(2)
    expect(second.clock.now()).toBe(0)
    held[1]?.('real')
    expect(await finished(id)).toMatchObject({ succeeded: 1 })
    expect(await finished(next.id)).toMatchObject({ succeeded: 1 })
  })
})
