/** Runs the tasks of one name one after another, in the order of the calls; those of different names run concurrently. */
export function createTurns(): <T>(name: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()

  return async (name, task) => {
    const before = last.get(name) ?? Promise.resolve()
    const own = before.then(task, task)
    last.set(name, own)
    try {
      return await own
    } finally {
      if (last.get(name) === own) last.delete(name)
    }
  }
}
