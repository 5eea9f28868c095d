import { setImmediate as nextTurn } from 'node:timers/promises'

type Waiting<T> = { item: T; resolve: () => void; reject: (cause: unknown) => void }

/**
 * Writes items in groups, one group at a time: while one is being committed the next gathers, so that concurrent requests
 * share commits without waiting for a timer. `add` resolves when its item is written and rejects when its group is not; where
 * `isFaultOfItem` says that the error is one item's, each is written alone.
 */
export function createGroupWriter<T>(
  write: (items: T[]) => Promise<void>,
  isFaultOfItem: (error: unknown) => boolean = () => false,
  itemsMax = 100,
) {
  const waiting: Waiting<T>[] = []
  let draining: Promise<void> | undefined

  /** One item that cannot be written must not take its neighbours with it. */
  const writeAlone = async ({ item, resolve, reject }: Waiting<T>) => await write([item]).then(resolve, reject)

  const drain = async () => {
    await nextTurn()
    while (waiting.length > 0) {
      const group = waiting.splice(0, itemsMax)
      try {
        await write(group.map(({ item }) => item))
        for (const { resolve } of group) resolve()
      } catch (cause) {
        if (group.length > 1 && isFaultOfItem(cause)) await Promise.all(group.map(writeAlone))
        else for (const { reject } of group) reject(cause)
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
