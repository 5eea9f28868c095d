import type { FastifyRequest } from 'fastify'
import { isRead } from '../http/methods.ts'
import { Refusal } from '../lib/refusal.ts'
import { isScope, isWriting } from '../lib/scopes.ts'
import type { Caller } from './authenticate.ts'
import { byAgency } from './freezes.ts'
import { createNetworkCheck } from './networks.ts'

/** Refuses what the key may not do: from this address, or on this route. @throws Refusal `not_allowed` */
export function admit(caller: Caller, request: FastifyRequest): void {
  const { bounds, keyId, agencyId, frozenBy } = caller
  const { access } = request.routeOptions.config
  admitAddress(caller, request)
  // A route without a scope has no business here, and is closed to every key.
  if (access !== 'any_key' && (access === undefined || !isScope(access) || !bounds.scopes.includes(access))) {
    throw new Refusal('not_allowed', `This API key lacks the scope ${access}. Use one that has it.`)
  }
  if (frozenBy !== null && !isRead(request) && access !== 'any_key' && isWriting(access)) {
    const frozen = { [keyId]: 'This API key', [agencyId]: 'Your agency' }[frozenBy] ?? 'The platform'
    const by = frozenBy === byAgency ? 'This API key is frozen by your agency' : `${frozen} is frozen by the operator`
    throw new Refusal('not_allowed', `${by}: it can read, and change nothing.`)
  }
}

/** Refuses an address that is not in the networks of the key. @throws Refusal `not_allowed` */
export function admitAddress({ bounds }: Caller, { ip }: FastifyRequest): void {
  if (bounds.networks && !createNetworkCheck(bounds.networks)(ip)) {
    throw new Refusal('not_allowed', 'The networks of this API key do not include the address of this request.')
  }
}
