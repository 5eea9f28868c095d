import type { Accounts } from '../accounts/accounts.ts'
import type { Database } from '../database/database.ts'
import { Refusal } from '../lib/refusal.ts'
import type { StripeClient } from '../stripe/client.ts'
import { type JournalEvent, pagesOf } from './events.ts'
import type { Journal } from './journal.ts'
import { callMsMax, type Verdict } from './evidence.ts'
import { createVerdict } from './verdict.ts'

type Dependencies = { database: Database; journal: Journal; accounts: Accounts; stripe: StripeClient }

type Options = {
  /** In milliseconds since 1970, as are `now`. */
  since: number
  now?: number
  isDryRun?: boolean
  actor?: 'operator' | 'worker'
}

/** A change and what became of it, or why Stripe could not be asked. */
export type Settled = { event: JournalEvent } & ({ verdict: Verdict } | { failure: string })

/** How far back a server settles by itself. */
export const settleBackMs = 7 * 86_400_000
/** So much of the journal is looked through at once. */
const windowMs = 60 * 60_000

export type Settle = ReturnType<typeof createSettle>

/**
 * Finds out what became of changes whose answer was lost, and adds it to the journal. Reads from Stripe and never writes
 * to it; processes that settle the same change at once keep one result.
 */
export function createSettle({ database, journal, accounts, stripe }: Dependencies) {
  const judge = createVerdict({ database, accounts, stripe })

  const settleOne = async (event: JournalEvent, { isDryRun, actor = 'operator' }: Options): Promise<Settled> => {
    const verdict = await judge(event).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
      if (error.code === 'account_disconnected') {
        return { outcome: 'unknown' as const, objectId: null, sentence: 'The account has left the platform.' }
      }
      return error.message
    })
    if (typeof verdict === 'string') return { event, failure: verdict }
    if (isDryRun !== true) {
      const { outcome, objectId, sentence } = verdict
      const type = `${event.type}.settled`
      await journal.append({ actor, type, change_id: event.id, outcome, object_id: objectId, message: sentence })
    }
    return { event, verdict }
  }

  /** Settles the changes since a time that are old enough for every call of theirs to have ended. */
  return async function* settle(options: Options): AsyncGenerator<Settled> {
    const until = (options.now ?? Date.now()) - callMsMax
    for (let since = options.since; since < until; since += windowMs) {
      const filter = { mode: stripe.mode, since, until: Math.min(since + windowMs, until) - 1, isUnanswered: true }
      for await (const page of pagesOf(database, filter)) {
        for (const event of page.toReversed()) yield await settleOne(event, options)
      }
    }
  }
}
