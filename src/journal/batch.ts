import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Collects the items that arrive in one turn of the event loop and writes them together, so that concurrent requests
 * share one commit. `add` resolves when its item is written and rejects when its batch could not be.
 */
export function createBatch<T>(
  write: (items: T[]) => Promise<void>,
  itemsMax = 100,
): { add: (item: T) => Promise<void> } {
  let open: { items: T[]; written: Promise<void> } | undefined

  const start = () => {
    const items: T[] = []
    const written = nextTurn().then(() => {
      if (open?.items === items) open = undefined
      return write(items)
    })
    return { items, written }
  }

  return {
    add(item) {
      const batch = (open ??= start())
      batch.items.push(item)
      if (batch.items.length === itemsMax) open = undefined
      return batch.written
    },
  }
}
