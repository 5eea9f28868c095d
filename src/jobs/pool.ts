/**
 * Runs at most `max` tasks at once: the caller asks `isFull` before it starts one. The first failure is kept until `throwFailure`;
 * after it nothing more should be started.
 */
export function createPool(max: number) {
  const running = new Set<Promise<void>>()
  let failure: { cause: unknown } | undefined

  return {
    isEmpty: () => running.size === 0,
    isFull: () => running.size >= max,
    hasFailed: () => failure !== undefined,

    start(task: () => Promise<void>): void {
      const run = task()
        .catch((cause: unknown) => {
          failure ??= { cause }
        })
        .then(() => void running.delete(run))
      running.add(run)
    },

    /** Resolves when one of the tasks that run now has ended; never where there is none. */
    async oneEnds(): Promise<void> {
      await Promise.race(running)
    },

    /** Waits until all tasks have ended, whatever became of them. */
    async allEnd(): Promise<void> {
      await Promise.all(running)
    },

    /** Throws what the first task that failed has thrown. */
    throwFailure(): void {
      if (failure) throw failure.cause
    },
  }
}
