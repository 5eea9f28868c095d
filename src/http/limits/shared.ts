import type { Rate } from './rate.ts'

/**
 * Limits that all processes hold together. Where an answer is undefined they cannot be asked, and the process's own limits hold.
 * Nothing here throws.
 */
export type SharedLimits = {
  /** Takes as many of the wanted units as the key has left. */
  take(key: string, wanted: number, perSecond: number): Promise<Rate | undefined>
  /** Gives one unit back. */
  refund(key: string, perSecond: number): void
  /**
   * Takes one unit of the agency's budget and, if there was one, a slot for the request: both in one round trip. A request that was
   * not refused must `leave`, also after an undefined answer.
   */
  enter(agencyId: string, requestId: string, limits: AgencyLimits): Promise<Entry | undefined>
  leave(agencyId: string, requestId: string): void
}

export type AgencyLimits = { unitsPerSecond: number; requestsMax: number }

/** `isInside`: whether there was a unit and a slot. */
type Entry = { rate: Rate; isInside: boolean }
