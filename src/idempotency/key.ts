import crypto from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { invalid } from '../lib/refusal.ts'

/** Who chose the key: the caller or the guard, so that an earlier request may have used it, or this server for this request. */
export type KeySource = 'caller' | 'guard' | 'generated'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's Idempotency-Key, or where it sent none the guard's, or the one generated for this request. */
    idempotencyKey: string
    keySource: KeySource
  }
}

/** The schema of a write's headers. */
export const writeHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x20-\\x7e]*$',
      description:
        'Identifies this request across its retries: 1 to 255 printable ASCII characters. Generated where none is sent.',
      examples: ['order-1'],
    }),
  ),
})

/** What an operation declares that makes something: beside its key, the guard against a second one. */
export const createHeaders = Type.Object({
  ...writeHeaders.properties,
  'idempotency-guard': Type.Optional(
    Type.String({
      description:
        'A number of seconds, at most 86400. Without an Idempotency-Key, an equal body on the same account gets the result of ' +
        'the first one for so long, marked `Idempotent-Replayed: true`.',
      examples: ['60'],
    }),
  ),
})

/**
 * The onRequest hook of every write that Stripe can repeat: resolves the Idempotency-Key and returns it in every answer,
 * so that a caller who sent none can still retry safely after an unclear answer.
 */
export function resolveIdempotencyKey(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const sent = request.headers['idempotency-key']
  if (sent !== undefined && !/^[\x20-\x7e]{1,255}$/.test(String(sent))) {
    throw invalid('Idempotency-Key', 'The Idempotency-Key header must have 1 to 255 printable ASCII characters.')
  }
  request.keySource = sent === undefined ? 'generated' : 'caller'
  request.idempotencyKey = sent === undefined ? newKey() : String(sent)
  void reply.header('idempotency-key', request.idempotencyKey)
  done()
}

/** Ordered by time where Node can (24.16 and later), so that its insertion changes few pages of the journal's index. */
function newKey(): string {
  return crypto.randomUUIDv7?.() ?? crypto.randomUUID()
}
