import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, databaseLocation } from './config.ts'
import { type Database, openDatabase } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import { waitForDatabase } from './database/wait.ts'
import type { Mode } from './lib/mode.ts'
import type { WireRequest } from './lib/wire.ts'
import { openSandbox } from './sandbox/sandbox.ts'
import { createStripeClient, type StripeClient } from './stripe/client.ts'
import { createTransport } from './stripe/transport.ts'

export type Resources = { database: Database; stripe: StripeClient; close: () => Promise<void> }

/**
 * Opens what the server and the commands need: the database, brought up to date, and Stripe or, without a key, the
 * sandbox. `close` waits for what is under way and leaves nothing open. A database that does not answer yet is waited for,
 * which standard error and `onWaiting` are told.
 */
export async function openResources(
  config: Config,
  onDatabaseError?: (error: Error) => void,
  onWaiting?: (error: Error) => void,
): Promise<Resources> {
  // What is written here, keys' hashes and the journal, is its owner's alone.
  process.umask(0o077)
  mkdirSync(config.dataDir, { recursive: true })
  const database = openDatabase(databaseLocation(config), onDatabaseError)
  await openWhenReachable(database, onWaiting)
  const { stripe, close } = openStripe(config)
  return {
    database,
    stripe,
    async close() {
      await close()
      await database.destroy()
    },
  }
}

async function openWhenReachable(database: Database, onWaiting?: (error: Error) => void): Promise<void> {
  const tell = (error: Error, tries: number) => {
    if (tries === 1) process.stderr.write(`Waiting for the database: ${error.message}\n`)
    onWaiting?.(error)
  }
  try {
    await waitForDatabase(() => migrate(database), tell)
  } catch (error) {
    await database.destroy()
    throw error
  }
}

/** Stripe at STRIPE_API_BASE or its own address or, where no key is set, the embedded sandbox. */
export function openStripe(config: Config): { stripe: StripeClient; close: () => Promise<void> } {
  const limits = { timeoutMs: config.stripeTimeoutMs, retriesMax: config.stripeRetries }
  const mode = modeOf(config)
  if (config.stripeSecretKey !== undefined) {
    const { send, close } = createTransport(config.stripeApiBase ?? 'https://api.stripe.com')
    return { stripe: createStripeClient({ secretKey: config.stripeSecretKey, mode, send, ...limits }), close }
  }
  const sandbox = openSandbox({ file: join(config.dataDir, 'sandbox.db') })
  const send = (request: WireRequest) => sandbox.send(request)
  const stripe = createStripeClient({ secretKey: 'sk_test_sandbox', mode, send, ...limits })
  return { stripe, close: async () => sandbox.close() }
}

/** The mode in which the configured server works: that of its Stripe key, or the sandbox where it has none. */
export function modeOf({ stripeSecretKey: key }: Config): Mode {
  if (key === undefined) return 'sandbox'
  return key.includes('_live_') ? 'live' : 'test'
}
