import type { Logger } from '../http/log.ts'
import { sleep } from '../lib/sleep.ts'
import { callMsMax } from './evidence.ts'
import type { Seals } from './sealing.ts'
import { type Settle, settleBackMs } from './settle.ts'

type Dependencies = {
  seals: Seals
  settle: Settle
  /** 0 keeps every event. */
  keepDays: number
  log: Logger
  wait?: typeof sleep
  now?: () => number
}

const sealEveryMs = 5_000
/** Between two seals, of a few milliseconds each: those of a busy server's five seconds in a row would hold up its requests. */
const sealPauseMs = 20
const settleEveryMs = 60_000
const removeEveryMs = 3_600_000
const dayMs = 86_400_000
type Task = 'sealing' | 'settling' | 'removing'

/** Seals, settles and, where events are to be kept only for some days, removes, beside the server. Every process may. */
export function createUpkeep({ seals, settle, keepDays, log, wait = sleep, now = Date.now }: Dependencies) {
  const stopping = new AbortController()
  const { signal } = stopping
  const running: Promise<void>[] = []
  const succeededAt = new Map<Task, number>()
  let unsettled = 0

  const every = async (ms: number, task: Task, work: () => Promise<unknown>) => {
    // So that a process in which it never succeeds has a time that grows old, too.
    succeededAt.set(task, now())
    for (;;) {
      await wait(ms, signal)
      if (signal.aborted) return
      await work().then(
        () => succeededAt.set(task, now()),
        (err: unknown) => log.warn({ err }, `the journal: ${task} did not succeed`),
      )
    }
  }

  const pause = async () => {
    await wait(sealPauseMs, signal)
    return !signal.aborted
  }
  // After its start a process goes on from where it was.
  let since = now() - settleBackMs
  const settleOnce = async () => {
    const time = now()
    let failures = 0
    for await (const settled of settle({ since, now: time, actor: 'worker' })) {
      if ('failure' in settled) failures += 1
      else log.info({ change: settled.event.id, ...settled.verdict }, 'a change without an answer is settled')
      if (signal.aborted) return
    }
    unsettled = failures
    // Twice, so that a clock which was stepped back for a moment hides no change.
    if (failures === 0) since = time - 2 * callMsMax
  }
  const removeOld = async () => {
    while (!signal.aborted && (await seals.removeBefore(now() - keepDays * dayMs)) > 0);
  }

  return {
    start(): void {
      running.push(every(sealEveryMs, 'sealing', () => seals.seal(pause)))
      running.push(every(settleEveryMs, 'settling', settleOnce))
      if (keepDays > 0) running.push(every(removeEveryMs, 'removing', removeOld))
    },

    /**
     * When each task last succeeded or, before that, was started, in milliseconds since 1970, and about how many changes the last settling could not ask Stripe.
     */
    state: () => ({ succeededAt, unsettled }),

    /** Lets what is being done come to its end. */
    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all(running)
    },
  }
}
