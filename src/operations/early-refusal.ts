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

  const lookUp = async (find: FindAttempts, agencyId: string | undefined, accountId: string, key: string) => {
    // A limit that refuses thousands a second must not become as many reads.
    if (agencyId === undefined || lookUps >= lookUpsMax) return undefined
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
    const { change, findAttempts: findOwn } = request.routeOptions.config
    const find = change === undefined ? findOwn : findInJournal(change)
    const key = request.headers['idempotency-key']
    const mayPass = refusal.retryable || refusal.code === 'not_allowed'
    const isRetry = mayPass && find !== undefined && key !== undefined && request.handling === null
    if (!isRetry || refusal.outcome !== 'not_applied') return refusal
    const named = isRecord(request.params) ? request.params['accountId'] : undefined
    const id = typeof named === 'string' ? named : ''
    const { caller } = request
    const isUnseen = id !== '' && caller !== null && isHidden(caller.bounds, id)
    const attempts = isUnseen ? undefined : await lookUp(find, caller?.agencyId, id, String(key))
    // If nothing was read, the outcome is unknown.
    return knownOutcome(refusal, attempts)
  }
}
