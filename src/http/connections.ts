import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** The open connections of a server, each with the answers that its caller has yet to get. */
export type Connections = Map<Socket, Set<FastifyReply>>

/** Keeps the map up to date. */
export function trackConnections(server: FastifyInstance, connections: Connections): void {
  server.server.on('connection', (socket) => {
    connections.set(socket, new Set())
    // Pipelined answers whose turn never comes have no end of their own.
    socket.once('close', () => connections.delete(socket))
  })
  // Without a promise: the parser may refuse the body in the same turn, and the answer to that needs what the hooks note.
  server.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    connections.get(socket)?.add(reply)
    reply.raw.once('close', () => connections.get(socket)?.delete(reply))
    done()
  })
}
