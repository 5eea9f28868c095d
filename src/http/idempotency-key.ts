import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { invalid } from '../lib/refusal.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's Idempotency-Key, or the one made for this request where the caller sent none. */
    idempotencyKey: string
    /** Whether it was the caller's own: only then can an earlier request have used it. */
    mayBeRetry: boolean
  }
}

/**
 * The onRequest hook of every write: settles the Idempotency-Key and returns it in the answer, whatever the answer is, so
 * that a caller that sent none can still retry an unclear answer safely.
 */
export async function settleIdempotencyKey(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const sent = request.headers['idempotency-key']
  if (sent !== undefined && !/^[\x20-\x7e]{1,255}$/.test(String(sent))) {
    throw invalid('Idempotency-Key', 'The Idempotency-Key header must have 1 to 255 printable ASCII characters.')
  }
  request.mayBeRetry = sent !== undefined
  request.idempotencyKey = sent === undefined ? randomUUID() : String(sent)
  void reply.header('idempotency-key', request.idempotencyKey)
}
