import type { FastifyRequest } from 'fastify'
import type { KeySource } from '../idempotency/key.ts'
import { callerOf } from './authorize.ts'

/** Where a change comes from: which key asked for it, in which request, under which Idempotency-Key. */
export type Origin = {
  actor: 'api_key' | 'worker'
  keyId: string
  requestId: string
  /** The caller's IP address; null where nobody calls. */
  address: string | null
  /** Null where Stripe keeps no key: for a DELETE. */
  idempotencyKey: string | null
  keySource: KeySource | null
}

/** Where a change comes from that an operator asks for by command. */
export type OperatorOrigin = Omit<Origin, 'actor' | 'keyId'> & { actor: 'operator'; keyId: null }

/** The origin of a write that Stripe can repeat, or of a DELETE, which it cannot. */
export function originOf(request: FastifyRequest): Origin {
  const { keyId } = callerOf(request)
  const key = request.idempotencyKey ?? null
  return {
    actor: 'api_key',
    keyId,
    requestId: request.id,
    address: request.ip,
    idempotencyKey: key,
    keySource: request.keySource ?? null,
  }
}
