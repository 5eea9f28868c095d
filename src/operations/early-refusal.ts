import type { FastifyRequest } from 'fastify'
import { isHidden } from '../agencies/bounds.ts'
import { knownOutcome } from '../journal/attempts.ts'
import type { Journal } from '../journal/journal.ts'
import { isRecord } from '../lib/is-record.ts'
import type { Outcome, Refusal } from '../lib/refusal.ts'

type FindAttempts = (
  account: { agencyId: string; id: string },
  idempotencyKey: string,
) => Promise<{ outcome: Outcome | 'replayed' | null }[]>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Finds the earlier attempts under the caller's Idempotency-Key, for a write that the journal does not know. */
    findAttempts?: FindAttempts
  }
}

/**
 * Completes the refusal of a write that was refused before its handler began, by a limit for example: adds what is known
 * about earlier requests under the caller's Idempotency-Key. The fields are not read yet, so only the key is compared.
 */
export function createEarlyRefusal(journal: Journal, lookUpsMax = 10) {
  let lookUps = 0

  const findInJournal =
    (change: string): FindAttempts =>
    async (account, key) =>
      await journal.findAttempts(account, change, key)

  const lookUp = async (
    find: FindAttempts | undefined,
    agencyId: string | undefined,
    accountId: string,
    key: string,
  ) => {
    // A limit that refuses thousands a second must not become as many reads.
    if (find === undefined || agencyId === undefined || lookUps >= lookUpsMax) return undefined
    lookUps += 1
    try {
      return await find({ agencyId, id: accountId }, key)
    } catch {
      return undefined
    } finally {
      lookUps -= 1
    }
  }

  return async (request: FastifyRequest, refusal: Refusal): Promise<Refusal> => {
    const { config, schema } = request.routeOptions
    const find = config.change === undefined ? config.findAttempts : findInJournal(config.change)
    // Only a write that takes a key declares headers: a DELETE does not.
    const key = schema?.headers === undefined ? undefined : request.headers['idempotency-key']
    const isUnauthenticated = refusal.code === 'unauthenticated'
    const mayPass = isUnauthenticated || refusal.code === 'not_allowed' || refusal.retryable
    const isRetry =
      mayPass && (isUnauthenticated || find !== undefined) && key !== undefined && request.handling === null
    if (!isRetry || refusal.outcome !== 'not_applied') return refusal
    const named = isRecord(request.params) ? request.params['accountId'] : undefined
    const id = typeof named === 'string' ? named : ''
    const { caller } = request
    const isUnseen = id !== '' && caller !== null && isHidden(caller.bounds, id)
    const attempts = isUnseen ? undefined : await lookUp(find, caller?.agencyId, id, String(key))
    // If nothing was read, the outcome is unknown: also to whoever has no API key that works.
    return knownOutcome(refusal, attempts)
  }
}
