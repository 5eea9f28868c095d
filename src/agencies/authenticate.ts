import { Refusal, refuseUnavailable } from '../lib/refusal.ts'
import { hashApiKey, isApiKey } from './api-key.ts'
import type { ApiKey, ApiKeys } from './api-keys.ts'
import type { Bounds } from './bounds.ts'

/** Who is calling: one key of one agency, with what it may do. */
export type Caller = { agencyId: string; keyId: string; bounds: Bounds; frozenBy: string | null }

/**
 * The limit on look-ups of keys that may not exist, for one client address: anybody can invent keys with a right checksum. `take`
 * throws where it is used up; a key that exists gives its unit back.
 */
export type UnknownKeyLimit = { take(): Promise<void>; refund(): void }

export type Authenticate = (authorization: string | undefined, limit: UnknownKeyLimit) => Promise<Caller>

/** How long a found key is trusted without another look-up. A revoked key must stop working within one second. */
const trustMs = 900
/** `last used` is kept to the minute, so that a busy key does not write on every call. */
const usedEveryMs = 60_000
/** How many keys are remembered: of more, the oldest are looked up anew. */
const rememberedMaxDefault = 10_000

/**
 * Returns the check of an Authorization header, bare or after `Bearer `. Every failure is the same refusal, so that a malformed,
 * an unknown, a revoked and an expired key cannot be told apart. `now` must be monotonic: a wall clock that is set back would let
 * a revoked key work on.
 */
export function createAuthenticate(
  keys: ApiKeys,
  now: () => number,
  rememberedMax = rememberedMaxDefault,
): Authenticate {
  const trusted = new Map<string, { caller: Promise<Caller>; until: number }>()
  /** Keys that existed when they were last looked up. No flood of unknown ones keeps them waiting. */
  const known = new Set<string>()

  const lookUp = async (hash: string, limit: UnknownKeyLimit): Promise<Caller> => {
    const wasKnown = known.has(hash)
    if (!wasKnown) await limit.take()
    const key = await keys.findBySecretHash(hash).catch(refuseUnavailable)
    known.delete(hash)
    if (!key) throw unauthenticated()
    if (!wasKnown) limit.refund()
    makeRoom(known, rememberedMax)
    known.add(hash)
    markUsed(key)
    return { agencyId: key.agencyId, keyId: key.id, bounds: key.bounds, frozenBy: key.frozenBy }
  }

  const markUsed = (key: ApiKey) => {
    // People read this time, so it is the wall clock's; a clock that was set back must not stop the updates.
    const usedAt = Date.now()
    if (Math.abs(usedAt - (key.lastUsedAt ?? 0)) < usedEveryMs) return
    // Losing this write only makes `last used` less exact, so it must not fail the request.
    keys.markUsed(key.id, usedAt).catch(() => {})
  }

  return async (authorization, limit) => {
    const secret = authorization?.replace(/^Bearer +/i, '') ?? ''
    if (!isApiKey(secret)) throw unauthenticated()
    const hash = hashApiKey(secret)
    const found = trusted.get(hash)
    if (found && now() < found.until) return await found.caller
    const entry = { caller: lookUp(hash, limit), until: now() + trustMs }
    trusted.delete(hash)
    makeRoom(trusted, rememberedMax)
    trusted.set(hash, entry)
    entry.caller.catch(() => trusted.delete(hash))
    return await entry.caller
  }
}

/** Drops the oldest of `max` entries. Sets and maps keep the order in which their entries were added. */
function makeRoom(entries: Set<string> | Map<string, unknown>, max: number): void {
  const [oldest] = entries.keys()
  if (oldest !== undefined && entries.size >= max) entries.delete(oldest)
}

/** The one refusal of a key that does not work, whatever the reason. */
export function unauthenticated(): Refusal {
  return new Refusal(
    'unauthenticated',
    'The API key is missing or not valid. Send one of your agency’s keys in the Authorization header.',
  )
}
