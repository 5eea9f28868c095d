const pauseMinMs = 1_000
const pauseMaxMs = 30_000
const troubleMaxMs = 10 * 60_000

/**
 * How long to wait before the next try: longer with each that brought nothing but trouble; undefined when that has gone on
 * for so long that there is no sense in it.
 */
export function createBackoff(): {
  progress(): void
  trouble(nowMs: number): number | undefined
} {
  let troubleSince: number | undefined
  let pauseMs = pauseMinMs
  return {
    progress() {
      troubleSince = undefined
      pauseMs = pauseMinMs
    },
    trouble(nowMs) {
      troubleSince ??= nowMs
      if (nowMs - troubleSince >= troubleMaxMs) return undefined
      const wait = pauseMs
      pauseMs = Math.min(pauseMs * 2, pauseMaxMs)
      return wait
    },
  }
}
