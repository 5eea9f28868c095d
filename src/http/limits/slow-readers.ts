import { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Limits } from './limits.ts'

/**
 * Closes connections whose reader takes nothing of an answer for `stalledMs` (noticed after at most twice that), or takes longer than
 * `readingMs` over all of it, so that answers nobody reads do not pile up in memory.
 */
export function closeSlowReaders(server: FastifyInstance, { stalledMs, readingMs }: Limits): void {
  server.addHook('onSend', ({ raw: { socket } }, { raw: response }, _payload, done) => {
    // An injected request has no connection.
    if (!(socket instanceof Socket)) return done()
    const timer = setTimeout(() => socket.destroy(), readingMs)
    response.once('close', () => clearTimeout(timer))
    // Node's timeout of a socket sees the progress of a write that is under way; its HTTP server then destroys the socket.
    response.setTimeout(stalledMs)
    // Before Node's own listener, which sets the timeout of a connection that is kept alive.
    response.prependOnceListener('finish', () => response.setTimeout(0))
    done()
  })
}
