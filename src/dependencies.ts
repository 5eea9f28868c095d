import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { adoptAccounts, hasWorkedWithStripe } from './accounts/modes.ts'
import { adoptJobs } from './bulk-codes/accept.ts'
import { type Config, ConfigError, databaseLocation, isSandboxByDefault, modeOf } from './config.ts'
import { type Database, openDatabase } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import { waitForDatabase } from './database/wait.ts'
import { createLog } from './http/log.ts'
import { createJournal, type Journal } from './journal/journal.ts'
import type { WireRequest } from './lib/wire.ts'
import type { ServerOptions } from './http/server.ts'
import { within } from './lib/within.ts'
import { openSandbox } from './sandbox/sandbox.ts'
import { createStripeClient, type StripeClient } from './stripe/client.ts'
import type { CallObserver } from './stripe/observer.ts'

export type Resources = { database: Database; stripe: StripeClient; close: () => Promise<void> }

/** Watches the requests and the calls to Stripe: what counts them, and what traces them. */
export type Observer = {
  observeRequests: NonNullable<ServerOptions['observers']>[number]
  observeCall: CallObserver
}

/** Why the start is refused, for the operator. */
export const stripeKeyMissing =
  'STRIPE_SECRET_KEY is not set, but the database has worked with Stripe, or with a release that did not keep the mode. ' +
  'Set the key, or STRIPE_MODE=sandbox to use the sandbox.'

/** A connection whose peer is gone may never close by itself. */
const closeMs = 2_000

/**
 * Opens what the server and the commands need: the database, brought up to date, and Stripe or, without a key, the
 * sandbox. A database that does not answer yet is waited for, with a note on standard error and in `onWaiting`. `close` takes
 * at most two seconds for each of the two.
 */
export async function openResources(
  config: Config,
  onDatabaseError?: (error: Error) => void,
  onWaiting?: (error: Error) => void,
  observers: readonly Observer[] = [],
): Promise<Resources> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const database = openDatabase(databaseLocation(config), onDatabaseError)
  try {
    await migrateWhenReachable(database, onWaiting)
    await adoptMode(database, config)
  } catch (error) {
    await database.destroy()
    throw error
  }
  const { stripe, close } = await openStripe(config, observers)
  return {
    database,
    stripe,
    async close() {
      await within(closeMs, close())
      await within(closeMs, database.destroy())
    },
  }
}

/** The journal of one command, which tells on standard error what it cannot write. */
export function openJournal({ database, stripe }: Resources): Journal {
  return createJournal(database, { mode: stripe.mode, log: createLog('error', process.stderr) })
}

async function migrateWhenReachable(database: Database, onWaiting?: (error: Error) => void): Promise<void> {
  await waitForDatabase(
    () => migrate(database),
    (error, tries) => {
      if (tries === 1) process.stderr.write(`Waiting for the database: ${error.message}\n`)
      onWaiting?.(error)
    },
  )
}

/** @throws ConfigError where a forgotten key would put a server of Stripe's accounts on the sandbox */
async function adoptMode(database: Database, config: Config): Promise<void> {
  const mode = modeOf(config)
  if (isSandboxByDefault(config) && (await hasWorkedWithStripe(database))) throw new ConfigError(stripeKeyMissing)
  await adoptAccounts(database, mode)
  await adoptJobs(database, mode)
}

/** Stripe at STRIPE_API_BASE or its own address or, where no key is set, the embedded sandbox. */
export async function openStripe(
  config: Config,
  observers: readonly Observer[] = [],
): Promise<{ stripe: StripeClient; close: () => Promise<void> }> {
  const limits = {
    timeoutMs: config.stripeTimeoutMs,
    retriesMax: config.stripeRetries,
    observers: observers.map(({ observeCall }) => observeCall),
  }
  const mode = modeOf(config)
  if (config.stripeSecretKey !== undefined) {
    const { createTransport } = await import('./stripe/transport.ts')
    const { send, close } = createTransport(config.stripeApiBase ?? 'https://api.stripe.com')
    return { stripe: createStripeClient({ secretKey: config.stripeSecretKey, mode, send, ...limits }), close }
  }
  const sandbox = openSandbox({ file: join(config.dataDir, 'sandbox.db') })
  const send = (request: WireRequest) => sandbox.send(request)
  const stripe = createStripeClient({ secretKey: 'sk_test_sandbox', mode, send, ...limits })
  return { stripe, close: async () => sandbox.close() }
}
