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
type UnknownKeyLimit = { take(): void; refund(): void }

export type Authenticate = (authorization: string | undefined, limit: UnknownKeyLimit) => Promise<Caller>

/** How long a found key is trusted without another look. A revoked key must stop working within one second. */
const trustMs = 900
/** `last used` is kept to the minute, so that a busy key does not write on every call. */
const usedEveryMs = 60_000
const rememberedMax = 10_000

/**
 * Returns the check of an Authorization header, bare or after `Bearer `. Every failure is the same refusal: whether a key
 * is missing, malformed, unknown, revoked or expired is not told. `now` is monotonic: a wall clock that is set back would let a revoked key
 * work on.
 */
export function createAuthenticate(keys: ApiKeys, now: () => number): Authenticate {
  const trusted = new Map<string, { caller: Promise<Caller>; until: number }>()
  /** Keys that existed when they were last looked up. No flood of unknown ones keeps them waiting. */
  const known = new Set<string>()

  const lookUp = async (hash: string, limit: UnknownKeyLimit): Promise<Caller> => {
    const wasKnown = known.has(hash)
    if (!wasKnown) limit.take()
    const key = await keys.findKey(hash).catch(refuseUnavailable)
    known.delete(hash)
    if (!key) throw refused()
    if (!wasKnown) limit.refund()
    dropOldest(known)
    known.add(hash)
    markUsed(key)
    return { agencyId: key.agencyId, keyId: key.id, bounds: key.bounds, frozenBy: key.frozenBy }
  }

  const markUsed = (key: ApiKey) => {
    // By the wall clock, which people read; one that was set back must not stop the marks.
    const usedAt = Date.now()
    if (Math.abs(usedAt - (key.lastUsedAt ?? 0)) < usedEveryMs) return
    // A lost mark costs a minute of exactness in a list; it must not cost the caller a request.
    keys.markUsed(key.id, usedAt).catch(() => {})
  }

  return async (authorization, limit) => {
    const secret = authorization?.replace(/^Bearer +/i, '') ?? ''
    if (!isApiKey(secret)) throw refused()
    const hash = hashApiKey(secret)
    const found = trusted.get(hash)
    if (found && now() < found.until) return await found.caller
    const entry = { caller: lookUp(hash, limit), until: now() + trustMs }
    trusted.delete(hash)
    dropOldest(trusted)
    trusted.set(hash, entry)
    entry.caller.catch(() => trusted.get(hash) === entry && trusted.delete(hash))
    return await entry.caller
  }
}

/** Makes room for one more entry. Sets and maps keep the order in which their entries were added. */
function dropOldest(entries: Set<string> | Map<string, unknown>): void {
  if (entries.size < rememberedMax) return
  for (const oldest of entries.keys()) {
    entries.delete(oldest)
    return
  }
}

function refused(): Refusal {
  return new Refusal(
    'unauthenticated',
    'The API key is missing or not valid. Send one of your agency’s keys in the Authorization header.',
  )
}
