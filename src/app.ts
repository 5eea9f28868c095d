import { createAccounts } from './accounts/accounts.ts'
import { addAccountRoutes } from './accounts/routes.ts'
import { callerOf, guardRoutes } from './agencies/access.ts'
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
import { createChanges } from './journal/changes.ts'
import { createJournal } from './journal/journal.ts'
import { addPromotionCodeListRoutes } from './promotion-codes/list-routes.ts'
import { addPromotionCodeRoutes } from './promotion-codes/routes.ts'
import { describeAccount } from './stripe/account.ts'
import type { StripeClient } from './stripe/client.ts'

type Parts = { database: Database; stripe: StripeClient; log: Logger; rateLimitPerSecond: number }

/** Puts the server together. The only file that knows every room. */
export async function buildApp({ database, stripe, log, rateLimitPerSecond }: Parts): Promise<Server> {
  const accounts = createAccounts(database)
  const authenticate = createAuthenticate(createApiKeys(database))
  const changes = createChanges(createJournal(database), (ending, err) =>
    log.error({ ending, err }, 'the outcome of a change could not be written to the journal'),
  )

  const server = createServer(log)
  const limit = await createRateLimit(server, rateLimitPerSecond, (request) => callerOf(request).agencyId)
  guardRoutes(server, authenticate, limit)
  await addDocument(server)
  addDocsPage(server)
  addLlmsText(server)
  addHealthRoutes(server, () => checkDatabase(database))
  addAccountRoutes(server, {
    accounts,
    livemode: stripe.livemode,
    describe: (account) => describeAccount(stripe, account),
  })
  addCouponListRoute(server, { accounts, stripe })
  addCouponPreviewRoute(server, accounts)
  addCouponRoutes(server, { accounts, changes, stripe })
  addPromotionCodeListRoutes(server, { accounts, stripe })
  addPromotionCodeRoutes(server, { accounts, changes, stripe })
  return server
}
