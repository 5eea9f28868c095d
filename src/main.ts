import { buildApp, buildBulkWorker } from './app.ts'
import type { Config } from './config.ts'
import { openLog } from './http/log.ts'
import { createJournal } from './journal/journal.ts'
import { openResources, type Resources } from './dependencies.ts'

export type Running = { url: string; parts: Resources; close(): Promise<void> }

/**
 * Starts the server: log, parts, app, listening, the worker of bulk jobs. `close` stops in the opposite order: no new
 * connections and no new codes, what is in flight to its end, then Stripe, the database and the log.
 */
export async function startServer(config: Config): Promise<Running> {
  const { log, flush } = openLog(config.logLevel)
  const parts = await openResources(
    config,
    (err) => log.warn({ err }, 'a database connection broke'),
    (err) => log.warn({ err }, 'waiting for the database'),
  )
  const journal = createJournal(parts.database, { mode: parts.stripe.mode, log })
  const { rateLimitPerSecond, trustProxy } = config
  const app = await buildApp({ ...parts, journal, log, rateLimitPerSecond, trustProxy })
  const bulkWorker = buildBulkWorker({ ...parts, journal, log, bulkCodesPerSecond: config.bulkCodesPerSecond })

  // A bug that nobody caught leaves the process in no known state; what it logged must still be read.
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'uncaught exception')
    flush()
    process.exit(1)
  })

  await app.listen({ host: config.host, port: config.port }).catch(async (error: unknown) => {
    await parts.close()
    throw error
  })
  bulkWorker.start()
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  return {
    url: reachableUrl(config.host, port),
    parts,
    async close() {
      await Promise.all([app.close(), bulkWorker.stop()])
      await journal.close()
      await parts.close()
      flush()
    },
  }
}

/** A URL that a client on this machine can use, whatever the server is bound to. */
function reachableUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}
