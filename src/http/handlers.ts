import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../lib/refusal.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The handler's run, once it has begun. */
    handling: Promise<unknown> | null
  }
}

/**
 * Keeps each handler's run in `request.handling`, and returns those that are still running: a caller who hangs up does not end the
 * work. Must come before the routes.
 */
export function trackHandlers(server: FastifyInstance): ReadonlyMap<FastifyRequest, Promise<unknown>> {
  const running = new Map<FastifyRequest, Promise<unknown>>()
  server.decorateRequest('handling', null)
  server.addHook('onRoute', (route) => {
    const { handler } = route
    route.handler = async function trackHandler(request, reply) {
      // Its slot was freed, and the server may be closing, so nothing may begin; and nobody would hear the answer.
      if (reply.raw.destroyed)
        throw new Refusal('invalid_request', 'The connection was closed before the request was begun.')
      const handling = (async () => await handler.call(this, request, reply))()
      const ended = () => running.delete(request)
      request.handling = handling
      running.set(request, handling.then(ended, ended))
      return await handling
    }
  })
  return running
}
