import * as start from './migrations/0001-start.ts'
import * as bulkCodes from './migrations/0002-bulk-codes.ts'
import * as health from './migrations/0003-health.ts'
import * as modes from './migrations/0004-modes.ts'
import * as jobs from './migrations/0005-jobs.ts'
import * as events from './migrations/0006-events.ts'
import * as seals from './migrations/0007-seals.ts'
import * as keys from './migrations/0008-keys.ts'
import * as pending from './migrations/0009-pending.ts'
import * as keyManagement from './migrations/0010-key-management.ts'
import * as accountLookUp from './migrations/0011-account-look-up.ts'
import * as archivedAgencies from './migrations/0012-archived-agencies.ts'
import * as sessions from './migrations/0013-sessions.ts'

/** In the order of their names. A migration that has landed is never edited or removed: append another. */
export const migrations = {
  '0001-start': start,
  '0002-bulk-codes': bulkCodes,
  '0003-health': health,
  '0004-modes': modes,
  '0005-jobs': jobs,
  '0006-events': events,
  '0007-seals': seals,
  '0008-keys': keys,
  '0009-pending': pending,
  '0010-key-management': keyManagement,
  '0011-account-look-up': accountLookUp,
  '0012-archived-agencies': archivedAgencies,
  '0013-sessions': sessions,
}

/** For the operator: the database cannot be used by this release. */
export class NewerDatabaseError extends Error {}

/** Refuses a database in which migrations ran that this release does not know. @throws NewerDatabaseError */
export function refuseNewer(executed: string[]): void {
  const unknown = executed.find((name) => !Object.hasOwn(migrations, name))
  if (unknown === undefined) return
  throw new NewerDatabaseError(
    `The database is of a newer release: this one does not know its migration ${unknown}. ` +
      'Run the newer release, or restore a backup from before the upgrade.',
  )
}
