/** Concurrent calls under one key share the first one's result; `shared` is true for all but the first. */
export function createInFlight<T>(): (key: string, call: () => Promise<T>) => Promise<{ result: T; shared: boolean }> {
  const running = new Map<string, Promise<T>>()

  return async (key, call) => {
    const first = running.get(key)
    if (first) return { result: await first, shared: true }
    const own = call().finally(() => running.delete(key))
    running.set(key, own)
    return { result: await own, shared: false }
  }
}
