/** The value that this share of the values lies below: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/**
 * The sign test (Conover, Practical Nonparametric Statistics, 3.4), in standard deviations: how far the number of pairs with a
 * positive difference is from half of them. It assumes nothing of how times are spread, and a busy machine moves neither sign.
 */
export function signTest(differences: readonly number[]): number {
  const untied = differences.filter((difference) => difference !== 0)
  const positive = untied.filter((difference) => difference > 0).length
  return untied.length === 0 ? 0 : (positive - untied.length / 2) / Math.sqrt(untied.length / 4)
}

/** A generator of numbers from 0 to 1, excluded, that the seed determines (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
