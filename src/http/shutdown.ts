import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Connections } from './connections.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The requests whose handler runs or whose answer is not sent yet, for the log. */
    unfinishedRequests(): object[]
  }
}

/**
 * Makes `server.close()` wait for handlers and answers instead of sockets. A handler is awaited even if its caller hung up,
 * and an answer until it is flushed; every other connection (silent, idle, half a request) is closed at once.
 */
export function closeGracefully(
  server: FastifyInstance,
  connections: Connections,
  running: readonly FastifyRequest[],
): void {
  const closeUnused = () => {
    for (const [socket, replies] of connections) if (!replies.some(isExpected)) socket.destroy()
  }
  // Node's own implementation would also cut an answer that is still being flushed.
  server.server.closeIdleConnections = closeUnused

  server.addHook('preClose', async () => {
    for (const reply of [...connections.values()].flat()) {
      if (!reply.raw.headersSent) reply.header('connection', 'close')
      // Runs after the listener that removes the reply from its connection.
      reply.raw.once('close', closeUnused)
    }
  })

  server.addHook('onClose', async () => {
    while (running.length > 0) await Promise.allSettled(running.map(async ({ handling }) => await handling))
  })

  server.decorate('unfinishedRequests', () => {
    const unanswered = [...connections.values()].flat().map(({ request }) => request)
    return [...new Set([...running, ...unanswered])].map((request) => ({
      request_id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      waits_for: running.includes(request) ? 'handler' : 'caller',
    }))
  })
}

/** Whether the request has arrived whole, or its answer is on its way. */
function isExpected({ request, raw }: FastifyReply): boolean {
  return request.raw.complete || raw.headersSent
}
