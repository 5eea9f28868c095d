import { createAccounts } from './accounts/accounts.ts'
import { addAccountRoutes } from './accounts/routes.ts'
import { callerOf, guardRoutes } from './agencies/authorize.ts'
import { createApiKeys } from './agencies/api-keys.ts'
import { createAuthenticate } from './agencies/authenticate.ts'
import { addCouponListRoute } from './coupons/list-route.ts'
import { addCouponPreviewRoute } from './coupons/preview-route.ts'
import { addCouponRoutes } from './coupons/routes.ts'
import { checkDatabase, type Database } from './database/database.ts'
import { addDocsPage } from './http/docs-page.ts'
import { addDocument } from './http/document.ts'
import { addHealthRoutes } from './http/health.ts'
import { addLlmsText } from './http/llms.ts'
import type { Logger } from './http/log.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { createServer, type Server } from './http/server.ts'
import { type Changes, createChanges } from './journal/changes.ts'
import { createJournal } from './journal/journal.ts'
import { createAcceptJob } from './bulk-codes/accept.ts'
import { createCheckJob } from './bulk-codes/check-job.ts'
import { addBulkJobRoutes } from './bulk-codes/job-routes.ts'
import { createBulkJobs } from './bulk-codes/jobs.ts'
import { createMakeCode } from './bulk-codes/make-code.ts'
import { createProcessAccount } from './bulk-codes/process-account.ts'
import { addBulkCodeRoutes } from './bulk-codes/routes.ts'
import { createBulkWork } from './bulk-codes/work.ts'
import { createLeases } from './jobs/leases.ts'
import { createWorker, type Worker } from './jobs/worker.ts'
import { type Clock, monotonicClock } from './lib/clock.ts'
import { addPromotionCodeListRoutes } from './promotion-codes/list-routes.ts'
import { addPromotionCodeRoutes } from './promotion-codes/routes.ts'
import { describeAccount } from './stripe/account.ts'
import type { StripeClient } from './stripe/client.ts'

type Dependencies = { database: Database; stripe: StripeClient; log: Logger }

/** Puts the server together. The only file that knows every room. */
export async function buildApp(
  floor: Dependencies & { rateLimitPerSecond: number; bulkPendingCodesMax: number },
): Promise<Server> {
  const { database, stripe, log, rateLimitPerSecond, bulkPendingCodesMax: pendingCodesMax } = floor
  const accounts = createAccounts(database)
  const authenticate = createAuthenticate(createApiKeys(database))
  const changes = changesOn(floor)

  const server = createServer(log)
  const limit = await createRateLimit(server, rateLimitPerSecond, (request) => callerOf(request).agencyId)
  guardRoutes(server, authenticate, limit)
  await addDocument(server)
  addDocsPage(server)
  addLlmsText(server)
  addHealthRoutes(server, () => checkDatabase(database))
  addAccountRoutes(server, {
    accounts,
    mode: stripe.mode,
    describe: (account) => describeAccount(stripe, account),
  })
  addCouponListRoute(server, { accounts, stripe })
  addCouponPreviewRoute(server, accounts)
  addCouponRoutes(server, { accounts, changes, stripe })
  addPromotionCodeListRoutes(server, { accounts, stripe })
  addPromotionCodeRoutes(server, { accounts, changes, stripe })
  const { mode } = stripe
  const jobs = createBulkJobs(database, mode)
  addBulkCodeRoutes(server, { accounts, stripe, jobs, acceptJob: createAcceptJob({ database, mode, pendingCodesMax }) })
  addBulkJobRoutes(server, { accounts, jobs })
  return server
}

type WorkerOptions = { bulkCodesPerSecond: number; clock?: Clock; slots?: number; searchEveryMs?: number }

/** Puts together what makes the codes of accepted bulk jobs, in this process beside the server. */
export function buildBulkWorker(floor: Dependencies & WorkerOptions): Worker {
  const { database, stripe, log, bulkCodesPerSecond: codesPerSecond, clock = monotonicClock, ...limits } = floor
  const work = createBulkWork(database, stripe.mode)
  const keys = createApiKeys(database)
  const checkJob = createCheckJob({ keys, accounts: createAccounts(database), work, clock })
  const makeCode = createMakeCode({ changes: changesOn(floor), stripe })
  const run = createProcessAccount({ work, checkJob, makeCode, log, clock, codesPerSecond })
  const leases = createLeases(database, clock)
  return createWorker({ work: { find: () => work.find(), run }, leases, log, clock, ...limits })
}

function changesOn({ database, log }: Dependencies): Changes {
  return createChanges(createJournal(database), (ending, err) =>
    log.error({ ending, err }, 'the outcome of a change could not be written to the journal'),
  )
}
