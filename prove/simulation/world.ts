import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { type Actor, createActor, createEventQueue, type Event } from './queue.ts'
import { createRandom, type Random } from './random.ts'

/** On whose account code runs, which its timers and calls inherit. */
export type Context = { actor: Actor; attempt?: unknown; change?: string }

/** Where the wall clock begins in every history: 2026-11-21. */
const epochMs = 1_795_219_200_000
const linesMax = 4_000

const realImmediate = setImmediate
/** Lets all promises be settled that can be. */
const turnOfTheLoop = () => new Promise<void>((resolve) => void realImmediate(resolve))

export type World = ReturnType<typeof createWorld>

/**
 * The time, the chance and the order of everything that happens in one process: a queue of events, of which each runs to its
 * end, with all promises that it settles, before the next one.
 */
export function createWorld() {
  const contexts = new AsyncLocalStorage<Context>()
  const outside = createActor('world')
  let queue = createEventQueue()
  let random: Random = createRandom(0)
  let now = 0
  let startedAt = 0
  let order = 0
  let lines: string[] = []
  let history = createHash('sha256')
  let isOn = false
  /** Called before each event, so that anything may fail at any of them. */
  let beforeEach: () => void = () => {}

  const current = (): Context => contexts.getStore() ?? { actor: outside }

  const schedule = (ms: number, run: () => void, actor: Actor = current().actor): Event => {
    order += 1
    const at = now + (ms > 0 ? ms : 0)
    const event = { at, order, actor, run: AsyncLocalStorage.bind(run), isCanceled: false }
    queue.push(event)
    return event
  }

  const again = (event: Event, at: number) => {
    event.at = at
    queue.push(event)
  }

  const step = (): boolean => {
    const event = queue.pop()
    if (!event) return false
    const { actor } = event
    now = Math.max(now, event.at)
    if (event.isCanceled) return step()
    if (!actor.isAlive) actor.dropped.push(event)
    else if (actor.pausedUntil > now) again(event, actor.pausedUntil)
    else {
      beforeEach()
      // The actor may have died of it.
      if (actor.isAlive) event.run()
      else actor.dropped.push(event)
    }
    return true
  }

  return {
    outside,
    current,
    schedule,
    run: <T>(context: Context, work: () => T): T => contexts.run(context, work),
    /** The rest of what runs now is about this change. */
    enterChange: (change: string): void => contexts.enterWith({ ...current(), change }),
    random: () => random,
    /** Monotonic, in milliseconds. */
    now: () => now,
    wallNow: () => epochMs + Math.floor(now - startedAt) + current().actor.wallOffsetMs,
    isOn: () => isOn,
    lines: () => lines,
    digest: () => history.copy().update(`${order} ${random.next()}`).digest('hex').slice(0, 16),

    /** Adds a line to the history. */
    note(text: string): void {
      const line = `${((now - startedAt) / 1_000).toFixed(3)} ${text}`
      history.update(line)
      if (lines.length < linesMax) lines.push(line)
    },

    begin(seed: number): void {
      queue = createEventQueue()
      random = createRandom(seed)
      now = Math.ceil(now) + 86_400_000
      startedAt = now
      order = 0
      lines = []
      history = createHash('sha256')
      isOn = true
    },

    onEvent(hook: () => void): void {
      beforeEach = hook
    },

    async sleep(ms: number): Promise<void> {
      await new Promise<void>((resolve) => void schedule(ms, resolve))
    },

    /** Lets events happen until the work is done. @throws Error where nothing more can happen, or the work takes too long */
    async drive<T>(work: Promise<T>, eventsMax = 200_000): Promise<T> {
      let isDone = false
      const done = () => {
        isDone = true
      }
      void work.catch(() => {}).finally(done)
      for (let events = 0; ; events += 1) {
        await turnOfTheLoop()
        if (isDone) return await work
        if (!step()) throw new Error('Nothing more can happen, but not all is done.')
        if (events > eventsMax) throw new Error(`${eventsMax} events were not enough.`)
      }
    },

    /** Lets everything happen that is still to come. */
    async settle(eventsMax = 200_000): Promise<void> {
      await turnOfTheLoop()
      for (let events = 0; step(); events += 1) {
        await turnOfTheLoop()
        if (events > eventsMax) throw new Error(`There is no end of events.`)
      }
    },

    /** Gives back the events of a dead actor, so that what waits for them comes to an end. */
    revive(actor: Actor): void {
      actor.isAlive = true
      actor.pausedUntil = 0
      for (const event of actor.dropped.splice(0)) again(event, now)
    },
  }
}
