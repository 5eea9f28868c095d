import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Database } from '../database/database.ts'
import type { Mode } from '../lib/mode.ts'
import { invalid, refuseUnavailable } from '../lib/refusal.ts'
import { deriveKey, digestOf } from './derive.ts'

/** What a request asks to be made: equal ones have equal fields. */
type Making = { account: { agencyId: string; id: string }; operation: string; fields: unknown }

export type Guard = ReturnType<typeof createGuard>

/** The longest window: Stripe remembers an Idempotency-Key for a day. */
export const guardSecondsMax = 86_400

/** The clocks of several processes differ by less. A window that begins later than this was begun before a clock was set back. */
const clocksDifferMs = 5 * 60_000

/**
 * Gives equal requests that come without an Idempotency-Key the same one. A row of the database decides which, so that requests at
 * once in several processes agree. `now` is in milliseconds since 1970, as all processes have it.
 */
export function createGuard(database: Database, mode: Mode, now: () => number) {
  /** Begins a window, unless one of this length still runs. */
  const begin = async (name: string, seconds: number): Promise<void> => {
    const window = { idempotency_key: `guard_${randomUUID()}`, started_at: now() }
    await database
      .deleteFrom('guards')
      .where((is) =>
        is.or([is('started_at', '<=', now() - guardSecondsMax * 1_000), is('started_at', '>', now() + clocksDifferMs)]),
      )
      .execute()
    await database
      .insertInto('guards')
      .values({ name, ...window })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet(window)
          .where('guards.started_at', '<=', window.started_at - seconds * 1_000),
      )
      .execute()
  }

  const keyFor = async ({ account, operation, fields }: Making, seconds: number): Promise<string> => {
    const name = `${mode}/${deriveKey(account, operation, digestOf(fields))}`
    await begin(name, seconds)
    const found = database.selectFrom('guards').select('idempotency_key').where('name', '=', name)
    return (await found.executeTakeFirstOrThrow()).idempotency_key
  }

  /**
   * Gives a request without an Idempotency-Key that of the first equal one in the window, which its own header asks for, or its API
   * key with `secondsOfKey`.
   * @throws Refusal `invalid_request` where the header is no window, `unavailable` where the database does not answer
   */
  return async (request: FastifyRequest, reply: FastifyReply, secondsOfKey: number | undefined, making: Making) => {
    const seconds = secondsAsked(request) ?? secondsOfKey
    if (seconds === undefined || request.keySource !== 'generated') return
    request.idempotencyKey = await keyFor(making, seconds).catch(refuseUnavailable)
    request.keySource = 'guard'
    void reply.header('idempotency-key', request.idempotencyKey)
  }
}

function secondsAsked({ headers }: FastifyRequest): number | undefined {
  const sent = headers['idempotency-guard']
  if (sent === undefined) return undefined
  const seconds = /^[1-9]\d{0,4}$/.test(String(sent)) ? Number(sent) : Infinity
  if (seconds <= guardSecondsMax) return seconds
  const message = `The Idempotency-Guard header must be a number of seconds from 1 to ${guardSecondsMax}.`
  throw invalid('Idempotency-Guard', message)
}
