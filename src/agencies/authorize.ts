import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isConsoleCall, requireSameOrigin } from '../http/console-calls.ts'
import type { EnterAgency } from '../http/limits/agency.ts'
import type { AddressLimit } from '../http/limits/address-limit.ts'
import { isRead } from '../http/methods.ts'
import { admit } from './admit.ts'
import type { Authenticate, Caller, UnknownKeyLimit } from './authenticate.ts'
import { refuseMisplacedKey } from './misplaced-key.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
    /** Looks up anew who is calling, and refuses what it may no longer do. */
    admitAgain: (reply: FastifyReply) => Promise<void>
  }
}

type Guard = {
  authenticate: Authenticate
  /** The same for the console's page, by the cookie of its session. */
  authenticateSession: (request: FastifyRequest, limit: UnknownKeyLimit) => Promise<Caller>
  unknownKeys: Pick<AddressLimit, 'take' | 'refund'>
  /** Takes the request's unit and slot of its agency, or throws. */
  enterAgency: EnterAgency
}

/** Lets only agencies reach the routes that declare a scope, with a key that has it and within its limits. */
export function guardRoutes(server: FastifyInstance, guard: Guard): void {
  const { authenticate, authenticateSession, unknownKeys, enterAgency } = guard
  const callerBy = (request: FastifyRequest, reply: FastifyReply) => {
    const limit = {
      take: () => unknownKeys.take(request, reply),
      refund: () => unknownKeys.refund(request),
    }
    return isConsoleCall(request)
      ? authenticateSession(request, limit)
      : authenticate(request.headers.authorization, limit)
  }

  server.decorateRequest('caller', null)
  server.decorateRequest('admitAgain', async function admitAgain(this: FastifyRequest, reply) {
    this.caller = await callerBy(this, reply)
    admit(this.caller, this)
  })
  server.addHook('onRequest', async (request, reply) => {
    if (isOpen(request)) return
    if (isConsoleCall(request)) requireSameOrigin(request)
    else refuseMisplacedKey(request.headers)
    request.caller = await callerBy(request, reply)
    const { agencyId, keyId } = request.caller
    request.logged = { agency: agencyId, key: keyId }
    await enterAgency(agencyId, request, reply)
    admit(request.caller, request)
  })

  // The key may have lost its rights while the body was on its way, which its sender can draw out, also of one that holds nothing.
  server.addHook('preValidation', async (request, reply) => {
    if (isOpen(request) || isRead(request)) return
    await request.admitAgain(reply)
  })
}

/** Whether the route is open to anybody. A route that does not declare it is guarded. */
function isOpen({ is404, routeOptions }: FastifyRequest): boolean {
  return is404 || routeOptions.config.access === 'public' || routeOptions.config.access === 'probe'
}

/** Who is calling. A route that asks without having declared a scope is a bug, and fails. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('The route asks for its caller but does not require one.')
  return request.caller
}
