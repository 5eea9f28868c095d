import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'

/**
 * The open connections of a server, each with the answers that are still due on it, in an array: V8 chains every table that a busy Set
 * has outgrown to the next one, and with the tables what was deleted from them lives on until the next full collection.
 */
export type Connections = Map<Socket, FastifyReply[]>

/** Keeps the map up to date. */
export function trackConnections(server: FastifyInstance, connections: Connections): void {
  server.server.on('connection', (socket) => {
    connections.set(socket, [])
    // Pipelined answers that are never sent emit no `close` of their own.
    socket.once('close', () => connections.delete(socket))
  })
  // Not async: the parser may refuse the body in the same turn of the event loop, and then the reply must be tracked already.
  server.addHook('onRequest', (request, reply, done) => {
    const replies = connections.get(request.raw.socket) ?? []
    replies.push(reply)
    reply.raw.once('close', () => replies.splice(replies.indexOf(reply), 1))
    done()
  })
}
