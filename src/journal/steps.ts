import { setImmediate as nextTurn } from 'node:timers/promises'

/** So much of the journal is looked through at once: nothing says which changes have no answer but all that have. */
const windowMs = 3 * 3_600_000

/** The windows of a time from its last millisecond back to its first, between which the process serves others. */
export async function* backInSteps(since: number, until: number): AsyncGenerator<{ since: number; until: number }> {
  for (let last = until; last >= since; last -= windowMs) {
    yield { since: Math.max(since, last - windowMs + 1), until: last }
    await nextTurn()
  }
}
