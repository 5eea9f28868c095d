import { setImmediate as nextTurn } from 'node:timers/promises'

/** How much of the journal is searched at once: no index tells a change without an answer from the others. */
const windowMs = 3 * 3_600_000

/** The windows of a time from its last millisecond back to its first, between which the process serves others. */
export async function* backInSteps(since: number, until: number): AsyncGenerator<{ since: number; until: number }> {
  for (let last = until; last >= since; last -= windowMs) {
    yield { since: Math.max(since, last - windowMs + 1), until: last }
    await nextTurn()
  }
}
