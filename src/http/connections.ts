import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** The open connections of a server, each with the answers that are still due on it. */
export type Connections = Map<Socket, Set<FastifyReply>>

/** Keeps the map up to date. */
export function trackConnections(server: FastifyInstance, connections: Connections): void {
  server.server.on('connection', (socket) => {
    connections.set(socket, new Set())
    // Pipelined answers that are never sent emit no `close` of their own.
    socket.once('close', () => connections.delete(socket))
  })
  // Not async: the parser may refuse the body in the same turn of the event loop, and then the reply must be tracked already.
  server.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    connections.get(socket)?.add(reply)
    reply.raw.once('close', () => connections.get(socket)?.delete(reply))
    done()
  })
}
