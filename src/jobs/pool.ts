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

    /** Resolves when one of the running tasks has ended; never if there is none. */
    async oneEnds(): Promise<void> {
      await Promise.race(running)
    },

    /** Resolves when all tasks have ended, failed ones included. */
    async allEnd(): Promise<void> {
      await Promise.all(running)
    },

    /** Throws the error of the first task that failed, if any. */
    throwFailure(): void {
      if (failure) throw failure.cause
    },
  }
}
