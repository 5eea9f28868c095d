import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../lib/refusal.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The handler's promise, once it has started. */
    handling: Promise<unknown> | null
  }
}

/**
 * Stores each handler's promise in `request.handling`, and returns the requests whose handler runs: a caller who hangs up does not stop
 * the work. Must be called before the routes are added.
 */
export function trackHandlers(server: FastifyInstance): readonly FastifyRequest[] {
  // An array for the same reason as in `Connections`.
  const running: FastifyRequest[] = []
  server.decorateRequest('handling', null)
  server.addHook('onRoute', (route) => {
    const { handler } = route
    route.handler = function trackHandler(request, reply) {
      // The request has no slot any more, the server may be closing, and nobody would get the answer.
      if (reply.raw.destroyed)
        throw new Refusal('invalid_request', 'The connection was closed before the request was begun.')
      const handling = (async () => await handler.call(this, request, reply))()
      const ended = () => running.splice(running.indexOf(request), 1)
      request.handling = handling
      running.push(request)
      handling.then(ended, ended)
      return handling
    }
  })
  return running
}
