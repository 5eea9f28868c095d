export type Task = {
  /** The name of the lease under which the task is processed. */
  lease: string
  /** The owner of the work: groups take turns, and within a group its leases do. */
  group: string
}

/**
 * Chooses round-robin: the task of the group that was served longest ago and, among its tasks, the one whose lease was.
 * Among equals the first one given wins.
 */
export function createFairChoice() {
  let servedAt = new Map<string, number>()
  let count = 0
  const groupKey = ({ group }: Task) => `group ${group}`
  const leaseKey = ({ lease }: Task) => `lease ${lease}`
  const isBefore = (one: Task, other: Task) => {
    const at = (key: string) => servedAt.get(key) ?? 0
    return (at(groupKey(one)) - at(groupKey(other)) || at(leaseKey(one)) - at(leaseKey(other))) < 0
  }

  return {
    choose<T extends Task>(tasks: Iterable<T>): T | undefined {
      let best: T | undefined
      for (const task of tasks) if (!best || isBefore(task, best)) best = task
      return best
    },

    served(task: Task): void {
      count += 1
      servedAt.set(groupKey(task), count).set(leaseKey(task), count)
    },

    /** Forgets the turns of all other tasks, so that the memory does not grow without bound. */
    keepOnly(tasks: Iterable<Task>): void {
      const kept = new Map<string, number>()
      for (const task of tasks) {
        for (const key of [groupKey(task), leaseKey(task)]) kept.set(key, servedAt.get(key) ?? 0)
      }
      servedAt = kept
    },
  }
}
