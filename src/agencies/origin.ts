import type { FastifyRequest } from 'fastify'
import { callerOf } from './authorize.ts'

/** Where a change comes from: which key asked for it, in which request, under which Idempotency-Key. */
export type Origin = { keyId: string; requestId: string; idempotencyKey: string }

export function originOf(request: FastifyRequest): Origin {
  return { keyId: callerOf(request).keyId, requestId: request.id, idempotencyKey: request.idempotencyKey }
}
