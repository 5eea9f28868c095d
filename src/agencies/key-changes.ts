import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import { lockAgency } from './agencies.ts'
import { hashApiKey, mintApiKey } from './api-key.ts'
import { type Bounds, defaultBounds } from './bounds.ts'
import { byAgency } from './freezes.ts'
import { appendSingleEvent, type Author } from './single-events.ts'
import { type ApiKey, findKey } from './key-rows.ts'

/** Where a change to keys is made: in which transaction, and by whom. */
export type KeyChange = { on: Database; mode: Mode; author: Author }

/** What may be said of a new key. It works in every mode, for ever and for everything but managing keys, unless limited here. */
export type NewKey = Partial<Pick<ApiKey, 'mode' | 'expiresAt' | 'bounds'>>

/** The Idempotency-Key of the request that makes a key, as it is kept with the key, and the digest of what was asked. */
export type KeyRequest = { request_key: string; request_digest: string }

/** A key with its secret, which is kept nowhere. */
export type NewApiKey = ApiKey & { secret: string }

/** Locks the agency of a key for the changes to its keys, and returns the key as it is then. */
export async function lockKey(on: Database, id: string): Promise<ApiKey | undefined> {
  const key = await findKey(on, id)
  if (!key) return undefined
  await lockAgency(on, key.agencyId)
  return await findKey(on, id)
}

export async function insertKey(
  { on, mode, author }: KeyChange,
  agencyId: string,
  name: string,
  { mode: onlyMode = null, expiresAt = null, bounds: given = defaultBounds }: NewKey,
  request?: KeyRequest,
): Promise<NewApiKey> {
  // That of the key which makes this one, or which this one replaces, is not its own.
  const { endBeforeRotation: _, ...bounds } = given
  const secret = mintApiKey()
  const key = { id: newId('key'), agencyId, name, hint: secret.slice(-4), createdAt: Date.now(), expiresAt }
  await on
    .insertInto('api_keys')
    .values({
      id: key.id,
      agency_id: agencyId,
      name,
      hash: hashApiKey(secret),
      hint: key.hint,
      created_at: key.createdAt,
      expires_at: expiresAt,
      mode: onlyMode,
      bounds: JSON.stringify(bounds),
      ...request,
    })
    .execute()
  await appendSingleEvent(on, mode, author, 'api_key.created', {
    agencyId,
    keyId: key.id,
    terms: { name, bounds, expiresAt },
  })
  return { ...key, lastUsedAt: null, revokedAt: null, mode: onlyMode, bounds, frozenBy: null, secret }
}

/**
 * Makes a key with the same limits and lifetime beside a working one, which expires after the overlap, or earlier where it was to. The
 * new key expires at `expiresMax` at the latest. All in milliseconds.
 */
export async function rotateKey(
  change: KeyChange,
  old: ApiKey,
  overlapMs: number,
  expiresMax: number | null = null,
  request?: KeyRequest,
): Promise<NewApiKey> {
  const now = Date.now()
  const expiresAt = Math.min(old.expiresAt ?? Infinity, now + overlapMs)
  // Not what an earlier rotation left of its life: the key is rotated again where the new one's secret was lost.
  const { endBeforeRotation = old.expiresAt, ...bounds } = old.bounds
  await change.on
    .updateTable('api_keys')
    .set({ expires_at: expiresAt, bounds: JSON.stringify({ ...bounds, endBeforeRotation }) })
    .where('id', '=', old.id)
    .execute()
  const lifeEnds = Math.min(
    endBeforeRotation === null ? Infinity : now + endBeforeRotation - old.createdAt,
    expiresMax ?? Infinity,
  )
  const limits = {
    mode: old.mode,
    // The count of changes goes on: a new one would double the day's.
    bounds: bounds.changesPerDay === undefined ? bounds : { ...bounds, countedWith: counterOf(old) },
    expiresAt: lifeEnds === Infinity ? null : lifeEnds,
  }
  const key = await insertKey(change, old.agencyId, old.name, limits, request)
  await note(change, 'rotated', old, { to: key.id, expiresAt })
  return key
}

/** Whose count of changes this key's are added to: its own, or that of the key which it comes from. */
export function counterOf({ id, bounds }: Pick<ApiKey, 'id' | 'bounds'>): string {
  return bounds.countedWith ?? id
}

export type Changed = { name?: string | undefined; bounds: Bounds; expiresAt: number | null }

/** Replaces what the key may do, when it expires and, where one is given, its name. */
export async function updateKey(
  change: KeyChange,
  key: ApiKey,
  { name, expiresAt, ...changed }: Changed,
): Promise<void> {
  const { endBeforeRotation, ...rest } = changed.bounds
  const bounds = expiresAt === key.expiresAt ? { ...rest, endBeforeRotation } : rest
  await change.on
    .updateTable('api_keys')
    .set({ name, bounds: JSON.stringify(bounds), expires_at: expiresAt })
    .where('id', '=', key.id)
    .execute()
  await note(change, 'changed', key, { name, bounds, expiresAt })
}

/** Revoking twice keeps the first time. */
export async function revokeKey(change: KeyChange, key: ApiKey): Promise<void> {
  if (key.revokedAt !== null) return
  await change.on.updateTable('api_keys').set({ revoked_at: Date.now() }).where('id', '=', key.id).execute()
  await note(change, 'revoked', key)
}

/** Begins or ends the freeze of the agency’s own, which is not the operator’s. */
export async function setOwnFreeze(change: KeyChange, key: ApiKey, isFrozen: boolean): Promise<void> {
  const { numUpdatedRows } = await change.on
    .updateTable('api_keys')
    .set({ frozen_at: isFrozen ? Date.now() : null })
    .where('id', '=', key.id)
    .where('frozen_at', isFrozen ? 'is' : 'is not', null)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 1n) await note(change, isFrozen ? 'frozen' : 'unfrozen', key)
}

/** Whether the operator has frozen the key, its agency or the platform. */
export function isFrozenByOperator({ frozenBy }: ApiKey): boolean {
  return frozenBy !== null && frozenBy !== byAgency
}

async function note({ on, mode, author }: KeyChange, what: string, key: ApiKey, terms?: object): Promise<void> {
  const subject = { agencyId: key.agencyId, keyId: key.id }
  await appendSingleEvent(on, mode, author, `api_key.${what}`, terms ? { ...subject, terms } : subject)
}
