import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import type { Event } from './queue.ts'
import type { World } from './world.ts'

type Callback = (...values: unknown[]) => void
type Signal = { signal?: AbortSignal }

/** What a faked timer returns: it can be cleared, and like Node's it can be told not to keep the process alive. */
class Timer {
  readonly event: Event
  constructor(event: Event) {
    this.event = event
  }
  ref() {
    return this
  }
  unref() {
    return this
  }
  refresh() {
    return this
  }
  hasRef() {
    return true
  }
  [Symbol.toPrimitive]() {
    return this.event.order
  }
}

/**
 * Puts the world's clock, timers and chance in place of the process's. Must come after what needs the real ones, and before any
 * history; nothing puts them back.
 */
export function replaceGlobals(world: World): void {
  const setTimer = (callback: Callback, ms = 0, ...values: unknown[]) =>
    new Timer(world.schedule(ms, () => callback(...values)))
  const clear = (timer: unknown) => {
    if (timer instanceof Timer) timer.event.isCanceled = true
  }
  const setTimerOfTurn = (callback: Callback, ...values: unknown[]) => setTimer(callback, 0, ...values)
  const sleep = (ms = 0, value?: unknown, { signal }: Signal = {}) =>
    new Promise((resolve, reject) => {
      const aborted = () => reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError' }))
      if (signal?.aborted) return aborted()
      const timer = setTimer(() => resolve(value), ms)
      signal?.addEventListener('abort', () => {
        clear(timer)
        aborted()
      })
    })

  const faked = { setTimeout: setTimer, clearTimeout: clear, setImmediate: setTimerOfTurn, clearImmediate: clear }
  Object.assign(globalThis, faked)
  Object.assign(timers, faked)
  Object.assign(timersPromises, { setTimeout: sleep, setImmediate: (value?: unknown) => sleep(0, value) })

  const RealDate = Date
  class WorldDate extends RealDate {
    constructor(...values: unknown[]) {
      if (values.length === 0) super(world.wallNow())
      else super(...(values as [number]))
    }
    static override now(): number {
      return world.wallNow()
    }
  }
  globalThis.Date = WorldDate as DateConstructor
  Object.defineProperty(performance, 'now', { value: world.now })

  const bytes = (size: number) => world.random().bytes(size)
  const randomUUID = () =>
    bytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-4$3-8$4-')
  Math.random = () => world.random().next()
  Object.assign(crypto, {
    randomBytes: bytes,
    randomUUID,
    randomUUIDv7: randomUUID,
    randomInt: (max: number) => world.random().integer(0, max - 1),
    randomFillSync: (buffer: Uint8Array) => {
      buffer.set(bytes(buffer.length))
      return buffer
    },
  })
  syncBuiltinESMExports()
}
