import { randomUUID } from 'node:crypto'
import type { Accounts } from '../accounts/accounts.ts'
import type { Logger } from '../http/log.ts'
import type { Changes } from '../journal/changes.ts'
import { sleep } from '../lib/sleep.ts'
import type { StripeClient } from '../stripe/client.ts'
import { workOffAccount } from '../bulk-codes/account.ts'
import { createMakeCode } from '../bulk-codes/make-code.ts'
import type { BulkWork } from '../bulk-codes/work.ts'

type Dependencies = {
  work: BulkWork
  accounts: Accounts
  changes: Changes
  stripe: StripeClient
  log: Logger
  codesPerSecond: number
}

export type BulkWorker = ReturnType<typeof createBulkWorker>

/** How often a worker looks for jobs. */
const lookEveryMs = 500
/** A worker that says nothing for so long is taken for dead, and its account goes to another. */
const leaseMs = 5_000
const extendEveryMs = 1_500
const accountsMax = 20

/**
 * Makes the codes of accepted jobs, of several accounts at once. Every process may have a worker: they share the work by
 * leases in the database, and what one leaves behind another takes up.
 */
export function createBulkWorker({ work, accounts, changes, stripe, log, codesPerSecond }: Dependencies) {
  const holder = randomUUID()
  const stopping = new AbortController()
  const busy = new Map<string, Promise<void>>()
  const makeCode = createMakeCode({ changes, stripe })
  let looking = Promise.resolve()

  const holdAndWork = async (accountId: string) => {
    const lost = new AbortController()
    const extend = () => work.extend(accountId, holder, leaseMs)
    const timer = setInterval(() => {
      void extend()
        .catch(() => false)
        .then((held) => held || lost.abort())
    }, extendEveryMs)
    try {
      const signal = AbortSignal.any([stopping.signal, lost.signal])
      await workOffAccount({ work, accounts, makeCode, log, codesPerSecond }, accountId, signal)
    } finally {
      clearInterval(timer)
    }
    // After an error the lease runs out by itself, which is a sleep before the next try.
    if (!lost.signal.aborted) await work.extend(accountId, holder, 0)
  }

  const look = async () => {
    for (const accountId of await work.waitingAccounts(accountsMax - busy.size)) {
      if (busy.has(accountId) || !(await work.lease(accountId, holder, leaseMs))) continue
      const working = holdAndWork(accountId)
        .catch((err: unknown) => log.error({ err, account: accountId }, 'the work on bulk codes was interrupted'))
        .finally(() => busy.delete(accountId))
      busy.set(accountId, working)
    }
  }

  const lookOnAndOn = async () => {
    while (!stopping.signal.aborted) {
      const failed = await look().then(
        () => false,
        (err: unknown) => {
          log.warn({ err }, 'bulk codes: the database does not answer')
          return true
        },
      )
      await sleep(failed ? leaseMs : lookEveryMs, stopping.signal)
    }
  }

  return {
    start(): void {
      looking = lookOnAndOn()
    },

    /** Lets the calls in flight finish, writes what they brought and gives the accounts back. */
    async stop(): Promise<void> {
      stopping.abort()
      await looking
      await Promise.all(busy.values())
    },
  }
}
