import { setImmediate as nextTurn } from 'node:timers/promises'

type Waiting<T> = { item: T; resolve: () => void; reject: (cause: unknown) => void }

/**
 * Writes items in groups, one group at a time: while one is being committed the next gathers, so that concurrent requests
 * share commits without waiting for a timer. `add` resolves when its item is written and rejects when its group is not.
 */
export function createGroupWriter<T>(write: (items: T[]) => Promise<void>, itemsMax = 100) {
  const waiting: Waiting<T>[] = []
  let draining: Promise<void> | undefined

  const drain = async () => {
    await nextTurn()
    while (waiting.length > 0) {
      const group = waiting.splice(0, itemsMax)
      try {
        await write(group.map(({ item }) => item))
        for (const { resolve } of group) resolve()
      } catch (cause) {
        for (const { reject } of group) reject(cause)
      }
    }
    draining = undefined
  }

  return {
    add(item: T): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.push({ item, resolve, reject })
      draining ??= drain()
      return promise
    },
  }
}
