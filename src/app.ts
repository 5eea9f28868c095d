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
import { addErrorsPage } from './http/errors-page.ts'
import { addHealthRoutes } from './http/health.ts'
import { addLlmsText } from './http/llms.ts'
import type { Logger } from './http/log.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { createServer, type Server } from './http/server.ts'
import { type Changes, createChanges } from './journal/changes.ts'
import { createJournal } from './journal/journal.ts'
import { createBulkJobs } from './bulk-codes/jobs.ts'
import { addBulkCodeRoutes } from './bulk-codes/routes.ts'
import { createBulkWork } from './bulk-codes/work.ts'
import { type BulkWorker, createBulkWorker } from './jobs/worker.ts'
import { addPromotionCodeListRoutes } from './promotion-codes/list-routes.ts'
import { addPromotionCodeRoutes } from './promotion-codes/routes.ts'
import { describeAccount } from './stripe/account.ts'
import type { StripeClient } from './stripe/client.ts'

type Dependencies = { database: Database; stripe: StripeClient; log: Logger }

/** Puts the server together. The only file that knows every room. */
export async function buildApp(floor: Dependencies & { rateLimitPerSecond: number }): Promise<Server> {
  const { database, stripe, log, rateLimitPerSecond } = floor
  const accounts = createAccounts(database)
  const authenticate = createAuthenticate(createApiKeys(database))
  const changes = changesOn(floor)

  const server = createServer(log)
  const limit = await createRateLimit(server, rateLimitPerSecond, (request) => callerOf(request).agencyId)
  guardRoutes(server, authenticate, limit)
  await addDocument(server)
  addDocsPage(server)
  await addErrorsPage(server)
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
  addBulkCodeRoutes(server, { accounts, stripe, jobs: createBulkJobs(database) })
  return server
}

/** Puts together what makes the codes of accepted bulk jobs, in this process beside the server. */
export function buildBulkWorker(floor: Dependencies & { bulkCodesPerSecond: number }): BulkWorker {
  const { database, stripe, log, bulkCodesPerSecond: codesPerSecond } = floor
  const work = createBulkWork(database)
  return createBulkWorker({
    work,
    accounts: createAccounts(database),
    changes: changesOn(floor),
    stripe,
    log,
    codesPerSecond,
  })
}

function changesOn({ database, log }: Dependencies): Changes {
  return createChanges(createJournal(database), (ending, err) =>
    log.error({ ending, err }, 'the outcome of a change could not be written to the journal'),
  )
}
