import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { Database } from '../database/database.ts'
import { deriveKey, digestOf } from '../idempotency/derive.ts'
import type { Position } from '../lib/cursor.ts'
import type { Mode } from '../lib/mode.ts'
import { idempotencyMismatch, invalid, Refusal, refuseUnavailable, refuseUnclear } from '../lib/refusal.ts'
import { createTurns } from '../lib/turns.ts'
import { admit } from './admit.ts'
import { unauthenticated } from './authenticate.ts'
import { callerOf } from './authorize.ts'
import { excessOf, isWithin, type Powers } from './excess.ts'
import { counterOf, insertKey, type KeyChange, type KeyRequest, lockKey, type NewApiKey } from './key-changes.ts'
import { isFrozenByOperator, revokeKey, rotateKey, setOwnFreeze, updateKey } from './key-changes.ts'
import { type ApiKey, findKey, hasEnded, pageOfKeys, selectWorkingKeys, toKey } from './key-rows.ts'
import type { KeyChangesData, NewKeyData } from './key-schema.ts'
import { originOf } from './origin.ts'
import { changedLimits } from './public-key.ts'

/** How many pages of keys one request reads. */
const pagesMax = 5

export type ManagedKeys = ReturnType<typeof createManagedKeys>

/**
 * The keys of an agency as one of its keys may see and change them: those that may do no more than itself. Each change sees the key that
 * asks as it is at that moment, so that a revoked one makes no other.
 */
export function createManagedKeys(database: Database, mode: Mode) {
  const inTurn = createTurns()
  const inReadingTurn = createTurns()

  const working = async (on: Database, id: string): Promise<ApiKey> => {
    const row = await selectWorkingKeys(on, mode).where('id', '=', id).executeTakeFirst()
    if (!row) throw unauthenticated()
    return toKey(row)
  }

  /** Changes of one agency take turns, so that those which wait for its lock hold one connection to the database together. */
  const act = async <T>(request: FastifyRequest, work: (change: KeyChange, own: ApiKey) => Promise<T>): Promise<T> => {
    const change = async () =>
      await database.transaction().execute(async (on) => {
        const author = originOf(request)
        await lockKey(on, author.keyId)
        const own = await working(on, author.keyId)
        admit({ ...own, keyId: own.id }, request)
        return await work({ on, mode, author }, own)
      })
    return await inTurn(callerOf(request).agencyId, change).catch(refuseUnclear)
  }

  /**
   * So many keys after a position, and those of them that the one that asks may see. Others run between two pages of an agency, however
   * many lists it asks for at once.
   */
  const readPage = async (own: ApiKey, limit: number, after: Position | undefined) =>
    await inReadingTurn(own.agencyId, async () => {
      await nextTurn()
      const rows = await pageOfKeys(database, own.agencyId, limit, after).catch(refuseUnavailable)
      return { rows, shown: rows.filter((row) => isWithin(row, own)) }
    })

  /** @throws Refusal `not_found`, the same for a key that may do more, another agency’s and none */
  const require = async (on: Database, own: ApiKey, id: string): Promise<ApiKey> => {
    const key = await findKey(on, id)
    if (key?.agencyId === own.agencyId && isWithin(key, own)) return key
    throw new Refusal('not_found', 'There is no API key with this id that may do no more than this one.', {
      param: 'keyId',
    })
  }

  const requireWorking = async (on: Database, own: ApiKey, id: string): Promise<ApiKey> => {
    const key = await require(on, own, id)
    if (hasEnded(key)) throw invalid('keyId', 'This key was revoked or has expired, and cannot be changed any more.')
    return key
  }

  const requestKeyOf = (agencyId: string, operation: string, idempotencyKey: string) =>
    `${mode}/${deriveKey({ agencyId, id: '' }, operation, idempotencyKey)}`

  const madeBy = async (on: Database, requestKey: string) =>
    await on
      .selectFrom('api_keys')
      .select(['id', 'request_digest'])
      .where('request_key', '=', requestKey)
      .executeTakeFirst()

  /** Its Idempotency-Key, to be kept with the key that it makes. @throws Refusal where an earlier request has made one under it */
  const newRequest = async (on: Database, request: FastifyRequest, operation: string): Promise<KeyRequest> => {
    const request_key = requestKeyOf(callerOf(request).agencyId, operation, request.idempotencyKey)
    const request_digest = digestOf([request.params, request.body])
    const earlier = await madeBy(on, request_key)
    if (!earlier) return { request_key, request_digest }
    if (earlier.request_digest !== request_digest) throw idempotencyMismatch()
    const message =
      `An earlier request with this Idempotency-Key made ${earlier.id}, whose secret was shown once. Where it is lost, revoke that ` +
      'key and send the request with another Idempotency-Key.'
    throw new Refusal('already_exists', message, { param: 'Idempotency-Key', outcome: 'applied' })
  }

  return {
    /** The working key that asks, as it is now. */
    async own(request: FastifyRequest): Promise<ApiKey> {
      return await working(database, callerOf(request).keyId).catch(refuseUnavailable)
    },

    /** What became of earlier requests with this Idempotency-Key. */
    async findAttempts(agencyId: string, operation: string, idempotencyKey: string) {
      const key = await madeBy(database, requestKeyOf(agencyId, operation, idempotencyKey))
      return key ? [{ outcome: 'applied' as const }] : []
    },

    async retrieve(own: ApiKey, id: string): Promise<ApiKey> {
      return await require(database, own, id).catch(refuseUnavailable)
    },

    /**
     * Newest first, those after a position, ended ones included. Reads on past keys that are not shown, up to a bound, as long as `spend`
     * grants a unit for each further read. The next page begins after `last`.
     */
    async list(own: ApiKey, limit: number, after: Position | undefined, spend: (units: number) => Promise<number>) {
      const keys: ApiKey[] = []
      let seen = after
      for (let pages = 1; ; pages += 1) {
        const { rows, shown } = await readPage(own, limit + 1, seen)
        for (const key of shown) {
          if (keys.length === limit) return { keys, hasMore: true, last: positionOf(keys.at(-1)) }
          keys.push(key)
        }
        if (rows.length <= limit) return { keys, hasMore: false, last: undefined }
        seen = positionOf(rows.at(-1))
        if (pages === pagesMax || (await spend(1)) !== 1) return { keys, hasMore: true, last: seen }
      }
    },

    /** @throws Refusal `not_allowed` where the new key would do more than the one that asks, which names the field */
    async create(request: FastifyRequest, data: NewKeyData): Promise<NewApiKey> {
      return await act(request, async (change, own) => {
        const asked = await newRequest(change.on, request, 'api_key.create')
        const countedWith = own.bounds.changesPerDay === undefined ? undefined : counterOf(own)
        const inherited = { bounds: { ...own.bounds, countedWith }, expiresAt: own.expiresAt }
        const limits = { mode: own.mode, ...changedLimits(data, inherited) }
        refuseExcess({ id: '', ...limits }, own)
        return await insertKey(change, own.agencyId, data.name, limits, asked)
      })
    },

    /** @throws Refusal `not_allowed` where the key would do more than the one that asks, which names the field */
    async update(request: FastifyRequest, id: string, data: KeyChangesData): Promise<ApiKey> {
      return await act(request, async (change, own) => {
        const key = await requireWorking(change.on, own, id)
        if (Object.keys(data).length === 0) return key
        const limits = changedLimits(data, key)
        refuseExcess({ ...key, ...limits }, own)
        await updateKey(change, key, { name: data.name, ...limits })
        return await require(change.on, own, id)
      })
    },

    /** @throws Refusal `not_allowed` where the operator has frozen the key, which another one must not escape */
    async rotate(request: FastifyRequest, id: string, overlapMs: number): Promise<NewApiKey> {
      return await act(request, async (change, own) => {
        const asked = await newRequest(change.on, request, 'api_key.rotate')
        const key = await requireWorking(change.on, own, id)
        if (isFrozenByOperator(key)) {
          throw new Refusal('not_allowed', 'The operator has frozen this key. It can be revoked, and not rotated.')
        }
        return await rotateKey(change, key, overlapMs, own.expiresAt, asked)
      })
    },

    async revoke(request: FastifyRequest, id: string): Promise<ApiKey> {
      return await act(request, async (change, own) => {
        await revokeKey(change, await require(change.on, own, id))
        return await require(change.on, own, id)
      })
    },

    /** Begins or ends the agency’s own freeze. The operator’s stays. */
    async setFreeze(request: FastifyRequest, id: string, isFrozen: boolean): Promise<ApiKey> {
      return await act(request, async (change, own) => {
        await setOwnFreeze(change, await requireWorking(change.on, own, id), isFrozen)
        return await require(change.on, own, id)
      })
    },
  }
}

function positionOf(key: ApiKey | undefined): Position | undefined {
  return key && { at: key.createdAt, id: key.id }
}

function refuseExcess(key: Powers, own: Powers): void {
  const found = excessOf(key, own)
  if (found) throw new Refusal('not_allowed', found.message, { param: found.param })
}
