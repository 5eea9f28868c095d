import { Refusal, refuseUnavailable, unavailable } from '../lib/refusal.ts'
import { hashApiKey, isApiKey } from './api-key.ts'
import type { ApiKey, ApiKeys } from './api-keys.ts'

/** Who is calling: one key of one agency. */
export type Caller = { agencyId: string; keyId: string }

/** How long a found key is trusted without another look. A revoked key must stop working within one second. */
const trustMs = 900
/** `last used` is kept to the minute, so that a busy key does not write on every call. */
const usedEveryMs = 60_000
const rememberedMax = 10_000
/** Anybody can invent keys with a right checksum: beyond so many a second that nobody has, only known keys are looked up. */
const unknownPerSecondMax = 100

/**
 * Returns the check of an Authorization header, bare or after `Bearer `. Every failure is the same refusal: whether a key
 * is missing, malformed, unknown or revoked is not told.
 */
export function createAuthenticate(keys: ApiKeys, now: () => number = Date.now) {
  const remembered = new Map<string, { caller: Promise<Caller>; until: number }>()

  const onceFound = new Set<string>()
  let unknown = { count: 0, until: 0 }

  const countUnknown = () => {
    if (now() >= unknown.until) unknown = { count: 0, until: now() + 1_000 }
    unknown.count += 1
  }
  const isFlooded = () => unknown.count >= unknownPerSecondMax && now() < unknown.until

  const lookUp = async (hash: string): Promise<Caller> => {
    if (isFlooded() && !onceFound.has(hash)) throw unavailable()
    const key = await keys.findKey(hash).catch(refuseUnavailable)
    if (!key) {
      countUnknown()
      throw refused()
    }
    if (onceFound.size >= rememberedMax) onceFound.clear()
    onceFound.add(hash)
    markUsed(key)
    return { agencyId: key.agencyId, keyId: key.id }
  }

  const markUsed = (key: ApiKey) => {
    if (now() - (key.lastUsedAt ?? 0) < usedEveryMs) return
    // A lost mark costs a minute of exactness in a list; it must not cost the caller a request.
    keys.markUsed(key.id, now()).catch(() => {})
  }

  return async (authorization: string | undefined): Promise<Caller> => {
    const secret = authorization?.replace(/^Bearer +/i, '') ?? ''
    if (!isApiKey(secret)) throw refused()
    const hash = hashApiKey(secret)
    const known = remembered.get(hash)
    if (known && now() < known.until) return await known.caller
    if (remembered.size >= rememberedMax) remembered.clear()
    const caller = lookUp(hash)
    remembered.set(hash, { caller, until: now() + trustMs })
    caller.catch(() => remembered.delete(hash))
    return await caller
  }
}

function refused(): Refusal {
  return new Refusal(
    'unauthenticated',
    'The API key is missing or not valid. Send one of your agency’s keys in the Authorization header.',
  )
}
