/**
 * Writes items in groups: while one write runs, the items that arrive gather for the next one. Resolves when the item is
 * written and rejects when its group could not be.
 */
export function createGroupedWrites<T>(write: (items: T[]) => Promise<void>): (item: T) => Promise<void> {
  let gathering: { items: T[]; written: Promise<void> } | undefined
  let lastWrite: Promise<unknown> = Promise.resolve()

  const gather = () => {
    const items: T[] = []
    const written = lastWrite.then(() => {
      gathering = undefined
      return write(items)
    })
    lastWrite = written.catch(() => {})
    return { items, written }
  }

  return (item) => {
    gathering ??= gather()
    gathering.items.push(item)
    return gathering.written
  }
}
