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
  server.addHook('onRequest', async (request, reply) => {
    const { socket } = request.raw
    connections.get(socket)?.add(reply)
    reply.raw.once('close', () => connections.get(socket)?.delete(reply))
  })
}
