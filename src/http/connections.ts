import type { Socket } from 'node:net'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from 'fastify'
import { clientOf } from './limits/client.ts'
import { countedWarning } from './limits/counted-warning.ts'
import type { Limits } from './limits/limits.ts'

/**
 * The open connections of a server, each with the answers that are still due on it, in an array: V8 chains every table that a busy Set
 * has outgrown to the next one, and with the tables what was deleted from them lives on until the next full collection.
 */
export type Connections = Map<Socket, FastifyReply[]>

type Options = { limits: Limits; log: FastifyBaseLogger; now: () => number }

/**
 * Keeps the map up to date, and bounded: beyond `connectionsMax` a new connection takes the place of an idle one, if there is one of the
 * client that has the most, so that nobody who only holds connections keeps others out.
 */
export function trackConnections(server: FastifyInstance, connections: Connections, options: Options): void {
  const { limits, log, now } = options
  const warnOfClosed = countedWarning(log, now, 'closed idle connections to make room')
  const warnOfRefused = countedWarning(log, now, 'refused connections: those that are open are in use')
  const clients = new Map<string, Connections>()
  /** The connections of the client with the most; where that has closed some, of one that opened another since may do. */
  let most: Connections = new Map()

  server.server.on('connection', (socket) => {
    const { remoteAddress = '' } = socket
    if (connections.size >= limits.connectionsMax) {
      const idle = (most.size > 1 ? firstIdle(most) : undefined) ?? firstIdle(connections)
      if (!idle) {
        warnOfRefused(remoteAddress)
        socket.destroy()
        return
      }
      warnOfClosed(idle.remoteAddress ?? '')
      idle.destroy()
    }
    const client = clientOf(remoteAddress)
    const own: Connections = clients.get(client) ?? new Map()
    const replies: FastifyReply[] = []
    clients.set(client, own.set(socket, replies))
    connections.set(socket, replies)
    if (own.size > most.size) most = own
    // Pipelined answers that are never sent emit no `close` of their own.
    socket.once('close', () => {
      connections.delete(socket)
      own.delete(socket)
      if (own.size === 0) clients.delete(client)
    })
  })
  // Not async: the parser may refuse the body in the same turn of the event loop, and then the reply must be tracked already.
  server.addHook('onRequest', (request, reply, done) => {
    const replies = connections.get(request.raw.socket) ?? []
    replies.push(reply)
    reply.raw.once('close', () => replies.splice(replies.indexOf(reply), 1))
    done()
  })
}

/** So many are looked at, at most, because a flood would multiply what each look costs. */
const looksMax = 100

/** The first connection without an answer due. Those before it go to the end, so that the next search does not look at them again. */
function firstIdle(group: Connections): Socket | undefined {
  let looks = 0
  for (const [socket, replies] of group) {
    if (replies.length === 0 && !socket.destroyed) return socket
    group.delete(socket)
    group.set(socket, replies)
    looks += 1
    if (looks === looksMax) return undefined
  }
  return undefined
}
