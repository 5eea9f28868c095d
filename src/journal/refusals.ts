import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Accounts } from '../accounts/accounts.ts'
import { accountIdOf } from '../lib/account-id.ts'
import { codes, type Refusal } from '../lib/refusal.ts'
import { hideSecrets } from '../lib/secrets.ts'
import type { Journal } from './journal.ts'

type Dependencies = {
  accounts: Accounts
  journal: Journal
  /** A monotonic clock, in milliseconds. */
  now?: () => number
}

/** What a caller can correct; a flood of requests or a fault of ours is the log's. */
const statuses = new Set<number>([400, 404, 409, 422])
/** So many refusals an agency has written at once, and this many more a second; the rest is counted. */
const burst = 20
const perSecond = 1
const messageMax = 300

/** Journals in short form what is refused to a known caller before Stripe is asked. The answer never waits for it. */
export function journalRefusals(server: FastifyInstance, { accounts, journal, now }: Dependencies): void {
  const sample = createSample(now)

  const write = async (request: FastifyRequest, agencyId: string, keyId: string, refusal: Refusal, skipped: number) => {
    const named = accountIdOf(request.params) ?? null
    // An account that is not the agency's is not the agency's event either.
    const isOwn = named !== null && (await accounts.requireAccount(agencyId, named).then(yes, no))
    const { code, param, message } = refusal
    const field = param === undefined || message.includes(param) ? '' : `${param}: `
    const asked = `${request.method} ${request.routeOptions.url ?? ''}: ${field}${message}`
    const count = skipped === 0 ? '' : ` (${skipped} more were refused before and not written)`
    journal.appendEventually({
      actor: 'api_key',
      type: 'request.refused',
      agency_id: agencyId,
      key_id: keyId,
      account_id: isOwn ? named : null,
      object_id: isOwn ? null : named,
      request_id: request.id,
      address: request.ip,
      idempotency_key: request.idempotencyKey ?? null,
      key_source: request.keySource ?? null,
      outcome: 'not_applied',
      code,
      message: hideSecrets(asked.slice(0, messageMax - count.length).toWellFormed() + count),
    })
  }

  server.addHook('onSend', (request, _reply, _payload, done) => {
    const { caller, refusal } = request
    // What Stripe refused stands in the journal as the end of its change, and reads are not journaled.
    const isOurs = refusal !== null && refusal.cause === undefined && refusal.stripeRequestId === undefined
    if (caller && isOurs && statuses.has(codes[refusal.code].status)) {
      const skipped = sample(caller.agencyId)
      if (skipped !== undefined) void write(request, caller.agencyId, caller.keyId, refusal, skipped)
    }
    done()
  })
}

/** Returns how many were left out since the last one, or undefined where this one is to be left out too. */
export function createSample(now: () => number = () => performance.now()) {
  const agencies = new Map<string, { allowance: number; at: number; skipped: number }>()

  return (agencyId: string): number | undefined => {
    const { allowance, at, skipped } = agencies.get(agencyId) ?? { allowance: burst, at: now(), skipped: 0 }
    const refilled = Math.min(burst, allowance + ((now() - at) / 1000) * perSecond)
    const isWritten = refilled >= 1
    agencies.set(agencyId, {
      allowance: isWritten ? refilled - 1 : refilled,
      at: now(),
      skipped: isWritten ? 0 : skipped + 1,
    })
    return isWritten ? skipped : undefined
  }
}

const yes = () => true
const no = () => false
