export type Random = ReturnType<typeof createRandom>

/** A generator of choices that are the same for the same seed: mulberry32, whose period of 2^32 is enough for one history. */
export function createRandom(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    /** At least 0 and less than 1. */
    next,
    /** A whole number from `min` to `max`, both included. */
    integer: (min: number, max: number): number => min + Math.floor(next() * (max - min + 1)),
    chance: (probability: number): boolean => next() < probability,
    pick: <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T,
    bytes(size: number): Buffer {
      const bytes = Buffer.alloc(size)
      for (let index = 0; index < size; index += 1) bytes[index] = Math.floor(next() * 256)
      return bytes
    },
  }
}
