import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { AddressLimit } from '../http/limits/address-limit.ts'
import { Refusal } from '../lib/refusal.ts'

/** Lets nobody in without the token, whatever is asked for: a stranger cannot tell which paths exist. */
export function requireToken(server: FastifyInstance, token: string, failures: Pick<AddressLimit, 'take'>): void {
  const expected = digestOf(token)
  server.addHook('onRequest', async (request, reply) => {
    const [, sent = ''] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
    // Digests have one length, and comparing them in constant time tells nothing of the token.
    if (timingSafeEqual(digestOf(sent), expected)) return
    // Only failures count: nobody can lock the operator out, and at 32 characters no number of guesses is enough.
    await failures.take(request, reply)
    throw new Refusal(
      'unauthenticated',
      'This needs the admin token. Send it as `Authorization: Bearer <ADMIN_TOKEN>`.',
    )
  })
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
