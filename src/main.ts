import { once } from 'node:events'
import { createAccounts } from './accounts/accounts.ts'
import { type Config, ConfigError, modeOf } from './config.ts'
import { createJournal } from './journal/journal.ts'
import { readSealKey } from './journal/seal-key.ts'
import { createSeals } from './journal/sealing.ts'
import { createSettle } from './journal/settle.ts'
import { createUpkeep } from './journal/upkeep.ts'
import { openResources, type Resources } from './dependencies.ts'
import type { AdminOptions } from './admin/server.ts'
import type { DemoAccess } from './http/demo-access.ts'
import { type Logger, openLog } from './http/log.ts'
import type { Server } from './http/server.ts'
import { within } from './lib/within.ts'

/** For those who start the server from a program of their own: `startServer(readConfig())`. */
export { readConfig } from './config.ts'

type Running = {
  url: string
  /** Where the admin API listens; undefined without ADMIN_TOKEN. */
  adminUrl: string | undefined
  resources: Resources
  log: Logger
  /** Writes what the log still holds; must be called before the process ends in any other way than by `close`. */
  flushLog(): void
  /**
   * Stops in reverse: no new connections and jobs, requests in flight to their end, then Stripe, the database and the log.
   * False where SHUTDOWN_TIMEOUT_MS was not enough: the log says what was still running.
   */
  close(): Promise<boolean>
}

/** Starts the HTTP server and the bulk worker; undefined if the signal aborts before anything is served. */
export async function startServer(config: Config, stop?: AbortSignal, demo?: DemoAccess): Promise<Running | undefined> {
  const { log, flush } = openLog(config.logLevel)
  const metrics = config.adminToken === undefined ? undefined : await openMetrics(config)
  const tracing = config.tracing ? await openTracing(config, log) : undefined
  const observers = [metrics, tracing].filter((observer) => observer !== undefined)
  const serverObservers = observers.map(({ observeRequests }) => observeRequests)
  const sealKey = config.journalSealKey === undefined ? undefined : readSealKey(config.journalSealKey)
  const opening = openResources(
    config,
    (err) => log.warn({ err }, 'a database connection broke'),
    (err) => log.warn({ err }, 'waiting for the database'),
    observers,
  )
  // The app's modules are loaded while the thread that writes the database starts.
  const [resources, { buildApp, buildBulkWorker }] = await Promise.all([
    stop ? Promise.race([opening, aborted(stop)]) : opening,
    import('./app.ts'),
  ])
  if (!resources) {
    void opening.then(
      (late) => late.close(),
      () => {},
    )
    return undefined
  }
  const journal = createJournal(resources.database, { mode: resources.stripe.mode, log })
  const shared = await openSharedLimits(config, log)
  const { rateLimitPerSecond, bulkPendingCodesMax, trustProxy } = config
  const app = await buildApp({
    ...resources,
    journal,
    log,
    shared,
    demo,
    rateLimitPerSecond,
    bulkPendingCodesMax,
    trustProxy,
    observers: serverObservers,
  })
  const { database, stripe } = resources
  const upkeep = createUpkeep({
    seals: createSeals(database, sealKey),
    settle: createSettle({ database, journal, stripe, accounts: createAccounts(database, stripe.mode) }),
    keepDays: config.journalKeepDays,
    log,
  })
  metrics?.watch({ database, journal, upkeep, redis: shared })
  const bulkWorker = buildBulkWorker({ ...resources, journal, log, bulkCodesPerSecond: config.bulkCodesPerSecond })

  const admin = await openAdminServer(config, {
    database,
    stripe,
    log,
    upkeep,
    metrics,
    observers: serverObservers,
    redis: shared && (() => shared.state()),
  })

  let url: string
  let adminUrl: string | undefined
  try {
    // Before the public one, which must not take requests if the process cannot stay.
    adminUrl = admin && (await listen(admin, config.adminHost, config.adminPort))
    url = await listen(app, config.host, config.port)
  } catch (error) {
    await admin?.close()
    await Promise.all([resources.close(), shared?.close()])
    throw error
  }
  bulkWorker.start()
  upkeep.start()

  const closing = new Set<string>()
  const step = async (name: string, work: Promise<unknown>) => {
    closing.add(name)
    await work
    closing.delete(name)
  }
  const closeAll = async () => {
    await Promise.all([
      step('requests', app.close()),
      step('admin requests', admin?.close() ?? Promise.resolve()),
      step('bulk worker', bulkWorker.stop()),
      step('journal upkeep', upkeep.stop()),
    ])
    await step('journal', journal.close())
    await Promise.all([
      step('Stripe and database', resources.close()),
      step('Redis', shared?.close() ?? Promise.resolve()),
      step('traces', tracing?.close() ?? Promise.resolve()),
    ])
  }
  return {
    url,
    adminUrl,
    resources,
    log,
    flushLog: flush,
    async close() {
      try {
        const inTime = await within(config.shutdownTimeoutMs, closeAll())
        if (!inTime) {
          const requests = [app, admin].flatMap((server) => server?.unfinishedRequests() ?? [])
          const left = { closing: [...closing], requests }
          log.error(left, 'SHUTDOWN_TIMEOUT_MS was not enough: the process ends with this unfinished')
        }
        return inTime
      } finally {
        flush()
      }
    },
  }
}

/** What `/metrics` of the admin listener serves; loaded only where there is one. */
async function openMetrics(config: Config) {
  const { createMetrics } = await import('./metrics/metrics.ts')
  return createMetrics(modeOf(config))
}

/**
 * Sends traces; loaded only where OpenTelemetry's variables say where to.
 * @throws ConfigError where its packages, which are optional, are not installed
 */
async function openTracing(config: Config, log: Logger) {
  const module = await import('./tracing/tracing.ts').catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    throw new ConfigError('OTEL_EXPORTER_OTLP_ENDPOINT needs packages that are not installed: see docs/monitoring.md.')
  })
  return module.openTracing({
    mode: modeOf(config),
    onFailure: (reason) => log.warn({ reason }, 'traces could not be sent'),
  })
}

/** The limits over all processes; undefined without REDIS_URL, and then nothing of Redis is loaded. */
async function openSharedLimits(config: Config, log: Logger) {
  if (config.redisUrl === undefined) return undefined
  const { openRedisLimits } = await import('./redis/limits.ts')
  return await openRedisLimits({ url: config.redisUrl, prefix: modeOf(config), log })
}

/** The admin API; undefined without ADMIN_TOKEN, and then nothing of it is loaded. */
async function openAdminServer({ adminToken: token }: Config, resources: Omit<AdminOptions, 'token'>) {
  if (token === undefined) return undefined
  const { createAdminServer } = await import('./admin/server.ts')
  return createAdminServer({ token, ...resources })
}

/** Begins to listen. @returns the URL of the listener, for a client on this machine */
async function listen(server: Server, givenHost: string, port: number): Promise<string> {
  // For localhost Fastify would start a second server for ::1, whose connections close() does not know.
  const host = givenHost === 'localhost' ? '127.0.0.1' : givenHost
  await server.listen({ host, port })
  const address = server.server.address()
  return reachableUrl(givenHost, typeof address === 'object' && address !== null ? address.port : port)
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort')
}

/** A URL that a client on this machine can use, whatever the server is bound to. */
function reachableUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}
