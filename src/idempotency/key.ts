import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { invalid } from '../lib/refusal.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's Idempotency-Key, or the one made for this request where the caller sent none. */
    idempotencyKey: string
    /** Whether it was the caller's own: only then can an earlier request have used it. */
    mayBeRetry: boolean
  }
}

/** What a write declares of its headers. */
export const writeHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x20-\\x7e]*$',
      description: 'Names this request for its retries: 1 to 255 printable ASCII characters. Made where none is sent.',
      examples: ['order-1'],
    }),
  ),
})

/**
 * The onRequest hook of every write: settles the Idempotency-Key and returns it in every answer to a caller with a good key,
 * so that one who sent none can still retry an unclear answer safely.
 */
export async function resolveIdempotencyKey(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const sent = request.headers['idempotency-key']
  if (sent !== undefined && !/^[\x20-\x7e]{1,255}$/.test(String(sent))) {
    throw invalid('Idempotency-Key', 'The Idempotency-Key header must have 1 to 255 printable ASCII characters.')
  }
  request.mayBeRetry = sent !== undefined
  request.idempotencyKey = sent === undefined ? randomUUID() : String(sent)
  void reply.header('idempotency-key', request.idempotencyKey)
}
