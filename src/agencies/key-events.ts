import type { Database } from '../database/database.ts'
import { newId } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'

type Subject = { agencyId: string | null; keyId: string | null; terms?: object }

/** Writes an operator's change to a key or a freeze into the journal, in the transaction of the change itself. */
export async function appendOperatorEvent(
  transaction: Database,
  mode: Mode,
  type: string,
  { agencyId, keyId, terms }: Subject,
): Promise<void> {
  await transaction
    .insertInto('events')
    .values({
      id: newId('evt'),
      at: Date.now(),
      mode,
      actor: 'operator',
      type,
      agency_id: agencyId,
      key_id: keyId,
      terms: terms ? JSON.stringify(terms) : null,
    })
    .execute()
}
