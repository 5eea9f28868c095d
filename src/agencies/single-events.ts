import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import { keptTerms } from '../lib/kept-terms.ts'
import type { Mode } from '../lib/mode.ts'
import type { Origin } from './origin.ts'

/** The operator, by command or by a request to the admin API. Agencies read these events, so the address is not theirs to see. */
export type Operator = { actor: 'operator'; requestId: string | null; address: null }

/** Who changes what an agency is or has: the operator, or another key of the agency by request. */
export type Author = Operator | Origin

export const byCommand: Operator = { actor: 'operator', requestId: null, address: null }

type Subject = { agencyId: string | null; accountId?: string; keyId: string | null; objectId?: string; terms?: object }

/**
 * Writes a change to an agency, an account, a key, a freeze or a bulk job into the journal, in the transaction of the change itself.
 * `key_id` is the key that asked or, where the operator did, the key that was changed; `object_id` is `objectId`, else the key that
 * was changed.
 */
export async function appendSingleEvent(
  transaction: Database,
  mode: Mode,
  author: Author,
  type: string,
  { agencyId, accountId, keyId, objectId, terms }: Subject,
): Promise<void> {
  const by =
    author.actor === 'operator'
      ? { key_id: keyId }
      : { key_id: author.keyId, idempotency_key: author.idempotencyKey, key_source: author.keySource }
  await transaction
    .insertInto('events')
    .values({
      ...by,
      actor: author.actor,
      request_id: author.requestId,
      address: author.address,
      ...(terms && keptTerms(terms)),
      id: newId('evt'),
      at: Date.now(),
      mode,
      type,
      agency_id: agencyId,
      account_id: accountId ?? null,
      object_id: objectId ?? keyId,
      outcome: 'applied',
    })
    .execute()
}
