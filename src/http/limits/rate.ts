const windowMs = 1_000

/** How many units were granted and how many remain, and the milliseconds until the key's window ends. */
export type Rate = { granted: number; remaining: number; resetMs: number }

/**
 * So many units a second for each key, in windows that begin with a key's first unit. Time is `now`, in milliseconds, and must be
 * monotonic: with a wall clock, a step back would lock every key out until the old time comes round again.
 */
export class RateLimiter {
  readonly perSecond: number
  readonly #now: () => number
  /** Windows live in two generations, of which the older is dropped every second: idle keys cost no memory and no sweep. */
  #young = new Map<string, Window>()
  #old = new Map<string, Window>()
  #nextGenerationAt = 0

  constructor(perSecond: number, now: () => number) {
    this.perSecond = perSecond
    this.#now = now
  }

  /** Takes as many of the wanted units as remain; zero only reads the state. */
  take(key: string, wanted: number): Rate {
    const now = this.#now()
    const window = this.#windowOf(key, now)
    const granted = Math.min(wanted, this.perSecond - window.used)
    window.used += granted
    return { granted, remaining: this.perSecond - window.used, resetMs: window.endsAt - now }
  }

  /** Gives one unit back. */
  refund(key: string): void {
    const window = this.#windowOf(key, this.#now())
    window.used = Math.max(0, window.used - 1)
  }

  #windowOf(key: string, now: number): Window {
    if (now >= this.#nextGenerationAt) {
      this.#old = this.#young
      this.#young = new Map()
      this.#nextGenerationAt = now + windowMs
    }
    const known = this.#young.get(key) ?? this.#old.get(key)
    if (known && now < known.endsAt) return known
    const window = { used: 0, endsAt: now + windowMs }
    this.#young.set(key, window)
    return window
  }
}

type Window = { used: number; endsAt: number }
