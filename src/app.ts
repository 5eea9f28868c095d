import { fileURLToPath } from 'node:url'
import { createAccounts } from './accounts/accounts.ts'
import { addAccountRoutes } from './accounts/routes.ts'
import { createAgencies } from './agencies/agencies.ts'
import { createApiKeys } from './agencies/api-keys.ts'
import { createAuthenticate } from './agencies/authenticate.ts'
import { createDailyChanges } from './agencies/daily-changes.ts'
import { guardRoutes } from './agencies/authorize.ts'
import { addKeyRoutes } from './agencies/key-routes.ts'
import { createManagedKeys } from './agencies/managed-keys.ts'
import { addMeRoute } from './agencies/me-route.ts'
import { createWhoCalls } from './agencies/who-calls.ts'
import { createAuthenticateSession } from './console/authenticate-session.ts'
import { addConsolePages } from './console/pages.ts'
import { addSessionRoutes } from './console/session-routes.ts'
import { createSessions } from './console/sessions.ts'
import { addCouponListRoute } from './coupons/list-route.ts'
import { addCouponPreviewRoute } from './coupons/preview-route.ts'
import { addCouponRoutes } from './coupons/routes.ts'
import type { Database } from './database/database.ts'
import { createReadinessCheck } from './database/readiness.ts'
import { addDemoAccess, type DemoAccess } from './http/demo-access.ts'
import { addDocsPage } from './http/docs-page.ts'
import { addDocument } from './http/document.ts'
import { addGuidePages } from './http/guide-pages.ts'
import { addHealthRoutes } from './http/health.ts'
import { addLlmsText } from './http/llms.ts'
import { createAgencyLimits } from './http/limits/agency.ts'
import { createAddressLimit } from './http/limits/address-limit.ts'
import { defaultLimits, type Limits, type TrustedProxies } from './http/limits/limits.ts'
import type { SharedLimits } from './http/limits/shared.ts'
import type { Logger } from './http/log.ts'
import { createServer, type Server, type ServerOptions } from './http/server.ts'
import { createAcceptJob } from './bulk-codes/accept.ts'
import { createCheckJob } from './bulk-codes/check-job.ts'
import { addBulkJobRoutes } from './bulk-codes/job-routes.ts'
import { createBulkJobs } from './bulk-codes/jobs.ts'
import { createMakeCode } from './bulk-codes/make-code.ts'
import { createProcessAccount } from './bulk-codes/process-account.ts'
import { addBulkCodeRoutes } from './bulk-codes/routes.ts'
import { createBulkWork } from './bulk-codes/work.ts'
import { createGuard } from './idempotency/guard.ts'
import { createLeases } from './jobs/leases.ts'
import { createWorker, type Worker } from './jobs/worker.ts'
import { type Clock, monotonicClock } from './lib/clock.ts'
import { createChanges } from './journal/changes.ts'
import type { Journal } from './journal/journal.ts'
import { journalRefusals } from './journal/refusals.ts'
import { addEventRoutes } from './journal/routes.ts'
import { createEarlyRefusal } from './operations/early-refusal.ts'
import { createRead } from './operations/read.ts'
import { createWrite } from './operations/write.ts'
import { addPromotionCodeListRoutes } from './promotion-codes/list-routes.ts'
import { addPromotionCodeRoutes } from './promotion-codes/routes.ts'
import { describeAccount } from './stripe/accounts.ts'
import type { StripeClient } from './stripe/client.ts'

type Dependencies = { database: Database; journal: Journal; stripe: StripeClient; log: Logger }

/** From src/ and from dist/. */
const builtConsole = fileURLToPath(new URL('../console/dist', import.meta.url))

type AppOptions = {
  /** Units that each agency may spend in a second: one a request, one more for each further call to Stripe. */
  rateLimitPerSecond: number
  /** Codes of unfinished bulk jobs that each agency may have. */
  bulkPendingCodesMax: number
  trustProxy?: TrustedProxies
  limits?: Partial<Limits>
  /** What the processes count together; without it each counts for itself. */
  shared?: SharedLimits | undefined
  /** The demo agency's key and account, for the forms of `/docs`; only ever those of a sandbox. */
  demo?: DemoAccess | undefined
  observers?: ServerOptions['observers']
  /** Where the console is built. */
  consoleFolder?: string | undefined
  /** Monotonic, in milliseconds. */
  now?: Clock['now']
}

/** Wires the server together by plain arguments. */
export async function buildApp(options: Dependencies & AppOptions): Promise<Server> {
  const {
    database,
    journal,
    stripe,
    log,
    rateLimitPerSecond,
    trustProxy,
    shared,
    demo,
    observers,
    consoleFolder = builtConsole,
    now = monotonicClock.now,
  } = options
  const limits = { ...defaultLimits, ...options.limits }
  const { mode } = stripe
  const accounts = createAccounts(database, mode)

  const server = createServer(log, {
    limits,
    trustProxy,
    complete: createEarlyRefusal(journal),
    now,
    shared,
    observers,
  })
  const counting = { log, now, shared }
  const unknownKeys = { name: 'unknown_keys' as const, what: 'requests with unknown API keys' }
  const ofAgency = { unitsPerSecond: rateLimitPerSecond, requestsMax: limits.requestsPerAgencyMax }
  const apiKeys = createApiKeys(database, mode)
  const authenticate = createAuthenticate(apiKeys, now)
  const sessions = createSessions(database, mode)
  const enterAgency = createAgencyLimits(server, ofAgency, now, shared)
  guardRoutes(server, {
    authenticate,
    authenticateSession: createAuthenticateSession(sessions, apiKeys, now),
    unknownKeys: createAddressLimit({ ...unknownKeys, perSecond: limits.unknownKeysPerSecond, ...counting }),
    enterAgency,
  })
  journalRefusals(server, { accounts, journal, now })
  const document = addDocument(server)
  addDocsPage(server, document, demo !== undefined)
  if (demo) addDemoAccess(server, demo)
  addGuidePages(server)
  addLlmsText(server, document)
  addHealthRoutes(server, createReadinessCheck(database))

  const read = createRead(server, accounts)
  const daily = createDailyChanges(database)
  const guard = createGuard(database, stripe.mode, () => Date.now())
  const write = createWrite(server, { accounts, changes: createChanges(journal), daily, guard, journal })
  addAccountRoutes(server, {
    accounts,
    mode,
    describe: (account) => describeAccount(stripe, account),
  })
  addCouponListRoute(read, stripe)
  addCouponPreviewRoute(server, accounts)
  addCouponRoutes(server, { read, write, stripe })
  addPromotionCodeListRoutes(read, stripe)
  addPromotionCodeRoutes(server, { read, write, stripe })
  const jobs = createBulkJobs(database, mode)
  const acceptJob = createAcceptJob({ database, mode, pendingCodesMax: options.bulkPendingCodesMax })
  addBulkCodeRoutes(server, { accounts, stripe, jobs, acceptJob, daily, guard })
  addBulkJobRoutes(server, { read, accounts, jobs })
  addEventRoutes(server, { database, mode })
  const keys = createManagedKeys(database, mode)
  addKeyRoutes(server, keys)
  const whoCalls = createWhoCalls({ agencies: createAgencies(database), keys, mode })
  addMeRoute(server, whoCalls)
  const signIns = createAddressLimit({
    name: 'sign_ins',
    what: 'sign-ins to the console',
    perSecond: limits.signInsPerSecond,
    ...counting,
  })
  addSessionRoutes(server, { sessions, authenticate, enterAgency, signIns, whoCalls, mode, demo })
  addConsolePages(server, consoleFolder)
  return server
}

type WorkerOptions = { bulkCodesPerSecond: number; clock?: Clock; slots?: number; searchEveryMs?: number }

/** Wires together what makes the codes of accepted bulk jobs, in this process beside the server. */
export function buildBulkWorker(options: Dependencies & WorkerOptions): Worker {
  const { database, journal, stripe, log, bulkCodesPerSecond, clock = monotonicClock, ...limits } = options
  const work = createBulkWork(database, stripe.mode)
  const keys = createApiKeys(database, stripe.mode)
  const checkJob = createCheckJob({ keys, accounts: createAccounts(database, stripe.mode), clock })
  const makeCode = createMakeCode({ changes: createChanges(journal), stripe })
  const run = createProcessAccount({ work, checkJob, makeCode, log, clock, codesPerSecond: bulkCodesPerSecond })
  const leases = createLeases(database, clock)
  return createWorker({ work: { find: () => work.find(), run }, leases, log, clock, ...limits })
}
