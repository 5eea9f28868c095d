import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import { keptTerms } from '../lib/kept-terms.ts'
import type { Mode } from '../lib/mode.ts'
import type { Origin } from './origin.ts'

/** Who changes a key or a freeze: an operator by command, or another key of the agency by request. */
export type Author = 'operator' | Origin

type Subject = { agencyId: string | null; keyId: string | null; terms?: object }

/**
 * Writes a change to a key or a freeze into the journal, in the transaction of the change itself. Its object is the key that was
 * changed, and its key the one that asked; an operator has none.
 */
export async function appendKeyEvent(
  transaction: Database,
  mode: Mode,
  author: Author,
  type: string,
  { agencyId, keyId, terms }: Subject,
): Promise<void> {
  const by =
    author === 'operator'
      ? { actor: 'operator' as const, key_id: keyId }
      : {
          actor: author.actor,
          key_id: author.keyId,
          request_id: author.requestId,
          address: author.address,
          idempotency_key: author.idempotencyKey,
          key_source: author.keySource,
        }
  await transaction
    .insertInto('events')
    .values({
      ...by,
      ...(terms && keptTerms(terms)),
      id: newId('evt'),
      at: Date.now(),
      mode,
      type,
      agency_id: agencyId,
      object_id: keyId,
      outcome: 'applied',
    })
    .execute()
}
