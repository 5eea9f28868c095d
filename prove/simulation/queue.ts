export type Event = { at: number; order: number; actor: Actor; run: () => void; isCanceled: boolean }

/** Who acts: a server process, or the world round it. The events of one that is paused wait; those of a dead one are kept aside. */
export type Actor = {
  name: string
  isAlive: boolean
  /** True while what a crash has left is brought to its end, after the history: everything that it asks for fails. */
  isDraining: boolean
  pausedUntil: number
  /** How far its wall clock is from the true time. */
  wallOffsetMs: number
  dropped: Event[]
}

export function createActor(name: string): Actor {
  return { name, isAlive: true, isDraining: false, pausedUntil: 0, wallOffsetMs: 0, dropped: [] }
}

/** A binary heap of events, the earliest first; those of one moment in the order in which they were added. */
export function createEventQueue() {
  const heap: Event[] = []
  const isBefore = (one: Event, other: Event) => one.at - other.at || one.order - other.order
  const get = (index: number) => heap[index] as Event
  const swap = (a: number, b: number) => {
    const kept = get(a)
    heap[a] = get(b)
    heap[b] = kept
  }

  return {
    get size() {
      return heap.length
    },

    push(event: Event): void {
      heap.push(event)
      for (let index = heap.length - 1; index > 0;) {
        const parent = (index - 1) >> 1
        if (isBefore(get(index), get(parent)) >= 0) return
        swap(index, parent)
        index = parent
      }
    },

    pop(): Event | undefined {
      const first = heap[0]
      const last = heap.pop()
      if (first === undefined || last === undefined || first === last) return first
      heap[0] = last
      for (let index = 0; ;) {
        let least = index
        for (const child of [2 * index + 1, 2 * index + 2]) {
          if (child < heap.length && isBefore(get(child), get(least)) < 0) least = child
        }
        if (least === index) return first
        swap(index, least)
        index = least
      }
    },
  }
}
