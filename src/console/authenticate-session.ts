import type { FastifyRequest } from 'fastify'
import type { ApiKeys } from '../agencies/api-keys.ts'
import { type Caller, createAuthenticate, type UnknownKeyLimit } from '../agencies/authenticate.ts'
import { Refusal } from '../lib/refusal.ts'
import { readToken } from './cookie.ts'
import type { Sessions } from './sessions.ts'

/**
 * Returns the check of a session's cookie. It is that of API keys, with sessions to look up: what is found is trusted for less than a
 * second, and tokens that do not exist are limited by client address.
 */
export function createAuthenticateSession(sessions: Sessions, keys: ApiKeys, now: () => number) {
  const lookUps = { ...keys, findBySecretHash: async (hash: string) => await sessions.findBySecretHash(hash) }
  const authenticate = createAuthenticate(lookUps, now)
  return async (request: FastifyRequest, limit: UnknownKeyLimit): Promise<Caller> =>
    await authenticate(readToken(request), limit).catch((error: unknown) => {
      throw error instanceof Refusal && error.code === 'unauthenticated' ? signedOut() : error
    })
}

export function signedOut(): Refusal {
  return new Refusal(
    'unauthenticated',
    'Nobody is signed in: the session is over, or its API key was revoked or has expired. Sign in again.',
  )
}
