import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Counter } from '../../lib/counter.ts'
import { Refusal } from '../../lib/refusal.ts'
import { needsKey } from '../route-rules.ts'
import type { Limits } from './limits.ts'

/**
 * Caps the requests of all agencies at once. Public pages do not count, because strangers who read them slowly would take the slots
 * of agencies. Health checks do not count either: a busy process is still alive.
 */
export function limitRequests(server: FastifyInstance, { requestsMax }: Limits): void {
  const inFlight = new InFlight(requestsMax)
  server.addHook('onRequest', (request, reply, done) => {
    if (!needsKey(request.routeOptions.config.access) || inFlight.enter('all', request, reply)) return done()
    throw new Refusal('unavailable', 'The server is overloaded. Nothing was changed; retry shortly.', {
      retryAfterS: 1,
      limit: 'requests',
    })
  })
}

/** Counts requests by key up to a maximum. A request counts until it has ended, as `onceEnded` says. */
export class InFlight {
  readonly #max: number
  readonly #counts = new Counter()

  constructor(max: number) {
    this.#max = max
  }

  /** False where the key has no slot left. */
  enter(key: string, request: FastifyRequest, reply: FastifyReply): boolean {
    if (this.#counts.of(key) >= this.#max) return false
    this.#counts.add(key, 1)
    onceEnded(request, reply, () => this.#counts.add(key, -1))
    return true
  }
}

/**
 * Calls back once the connection has taken the answer or is gone and the request's handler has ended: hanging up does not stop the
 * work, so it must not free a slot.
 */
export function onceEnded(request: FastifyRequest, reply: FastifyReply, leave: () => void): void {
  const afterHandler = () => {
    if (request.handling) void request.handling.then(leave, leave)
    else leave()
  }
  // A caller that is gone already gets no handler.
  if (reply.raw.destroyed) leave()
  else reply.raw.once('close', afterHandler)
}
