/** In milliseconds: how long a budget that is used up takes to be whole again. */
const periodMs = 1_000
/** Times are kept in thousandths of a unit, in which both a unit and a millisecond are whole numbers. */
const unit = 1_000

/** How many units were granted and how many remain, and the milliseconds until the key's budget is whole again. */
export type Rate = { granted: number; remaining: number; resetMs: number }

/**
 * So many units a second for each key, which come back one by one (the generic cell rate algorithm of ITU-T I.371): a caller beyond its
 * rate is served evenly, where a budget a second would let it burst at the beginning of each, in the way of all others. Time is `now`,
 * in milliseconds, and must be monotonic: with a wall clock, a step back would lock every key out until the old time comes round again.
 */
export class RateLimiter {
  readonly perSecond: number
  readonly #now: () => number
  /** When each key's budget is whole again, in two generations, of which the older is dropped every period: idle keys cost nothing. */
  #young = new Map<string, number>()
  #old = new Map<string, number>()
  #nextGenerationAt = 0

  constructor(perSecond: number, now: () => number) {
    this.perSecond = perSecond
    this.#now = now
  }

  /** Takes as many of the wanted units as remain; zero only reads the state. */
  take(key: string, wanted: number): Rate {
    const { now, missing } = this.#read(key)
    const left = Math.floor((periodMs * this.perSecond - missing) / unit)
    const granted = Math.min(wanted, left)
    const missingNow = missing + granted * unit
    if (granted > 0) this.#young.set(key, now + missingNow)
    return { granted, remaining: left - granted, resetMs: missingNow / this.perSecond }
  }

  /** Gives one unit back. */
  refund(key: string): void {
    const { now, missing } = this.#read(key)
    if (missing > 0) this.#young.set(key, now + missing - unit)
  }

  #read(key: string): { now: number; missing: number } {
    const ms = this.#now()
    if (ms >= this.#nextGenerationAt) {
      this.#old = this.#young
      this.#young = new Map()
      this.#nextGenerationAt = ms + periodMs
    }
    const now = Math.floor(ms) * this.perSecond
    const wholeAt = this.#young.get(key) ?? this.#old.get(key) ?? now
    return { now, missing: Math.max(0, wholeAt - now) }
  }
}
