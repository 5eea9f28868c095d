import type { FastifyBaseLogger } from 'fastify'

const everyMs = 1_000

/** Returns what warns of one more event of a flood by an address: at most one line a second, with their number. */
export function countedWarning(log: FastifyBaseLogger, now: () => number, message: string): (address: string) => void {
  let count = 0
  let warnedAt = -Infinity
  return (address) => {
    count += 1
    if (now() - warnedAt < everyMs) return
    log.warn({ count, last_address: address }, message)
    count = 0
    warnedAt = now()
  }
}
