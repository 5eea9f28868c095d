import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from './authenticate.ts'
import { misplacedKey } from './misplaced-key.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
}

type Limit = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** Lets only agencies with a key, and within their budget, reach the routes that declare `access: 'agency'`. */
export function guardRoutes(
  server: FastifyInstance,
  authenticate: (authorization: string | undefined) => Promise<Caller>,
  limit: Limit,
): void {
  server.decorateRequest('caller', null)
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404 || request.routeOptions.config.access === 'public') return
    const misplaced = misplacedKey(request.headers)
    if (misplaced) throw misplaced
    request.caller = await authenticate(request.headers.authorization)
    request.log = request.log.child({ agency: request.caller.agencyId, key: request.caller.keyId })
    await limit(request, reply)
  })
}

/** Who is calling. A route that asks without having declared `access: 'agency'` is a bug, and fails. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('The route asks for its caller but does not require one.')
  return request.caller
}
