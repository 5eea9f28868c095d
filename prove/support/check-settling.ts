import { createAccounts } from '../../src/accounts/accounts.ts'
import type { Database } from '../../src/database/database.ts'
import { createLog } from '../../src/http/log.ts'
import { deriveKey } from '../../src/idempotency/derive.ts'
import { createJournal } from '../../src/journal/journal.ts'
import { createSettle } from '../../src/journal/settle.ts'
import { sandboxClient, type Wire } from './wire.ts'

const hourMs = 60 * 60_000

/** Settles, as if an hour had passed, what has no clear end: what is found is what Stripe did. Writes nothing. */
export async function checkSettling(database: Database, wire: Wire) {
  const { deeds } = wire
  const stripe = sandboxClient(wire)
  const log = createLog('silent', process.stderr)
  const accounts = createAccounts(database, 'test')
  const settle = createSettle({ database, stripe, accounts, journal: createJournal(database, { mode: 'test', log }) })
  const violations: string[] = []
  const counts = { settled_applied: 0, settled_not_applied: 0, settled_unknown: 0 }
  for await (const settled of settle({ since: Date.now() - hourMs, now: Date.now() + hourMs, isDryRun: true })) {
    const { event } = settled
    const { id, agencyId, accountId, idempotencyKey: key, type, objectId } = event
    if (!('verdict' in settled)) {
      violations.push(`${id} could not be settled: ${settled.failure}`)
      continue
    }
    const { outcome, sentence } = settled.verdict
    if (outcome === 'applied') counts.settled_applied += 1
    else if (outcome === 'not_applied') counts.settled_not_applied += 1
    else counts.settled_unknown += 1
    const isMade =
      key === null
        ? deeds.of(`${accountId} delete /v1/coupons/${objectId}`).size > 0
        : deeds.byKey.has(`${accountId} ${deriveKey({ agencyId: agencyId ?? '', id: accountId ?? '' }, type, key)}`)
    if ((outcome === 'applied' && !isMade) || (outcome === 'not_applied' && isMade)) {
      violations.push(
        `${id} (${type}) is settled as ${outcome}: ${sentence} But Stripe ${isMade ? 'did' : 'did not do'} it.`,
      )
    }
  }
  return { counts, violations }
}
